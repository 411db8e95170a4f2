"""Where an axis has its ticks: round numbers, no more than there is room for.

In go the ends of an axis; out come the values to mark, in order.
"""

from __future__ import annotations

from math import ceil, floor, log10

#: A tick stands at multiples of these, times a power of ten: what people count in.
_STEPS = (1, 2, 5)


def _value(whole: int, power: int) -> float:
    """Return a whole number times a power of ten as the float nearest to it: 3 * 0.1 is not 0.3, 3 / 10 is."""
    return float(whole * 10**power) if power >= 0 else whole / 10**-power


def even_ticks(low: float, high: float, most: int, *, whole: bool = False) -> list[float]:
    """Return round values from ``low`` to ``high``, evenly spaced, that leave at most ``most`` intervals.

    ``whole`` keeps to whole numbers, as years want it.
    """
    if not low < high:
        return [low]
    exponent = floor(log10((high - low) / most))
    exponent = max(0, exponent) if whole else exponent
    rounded = ((step, power) for power in (exponent, exponent + 1) for step in _STEPS)
    step, power = next((step, power) for step, power in rounded if (high - low) / (step * 10.0**power) <= most)
    unit = step * 10.0**power
    return [_value(n * step, power) for n in range(ceil(low / unit - 1e-9), floor(high / unit + 1e-9) + 1)]


def ratio_ticks(low: float, high: float) -> list[float]:
    """Return 1, 2 and 5 times the powers of ten from ``low`` to ``high``, for an axis of logarithms."""
    powers = range(floor(log10(low)), ceil(log10(high)) + 1)
    values = [_value(step, power) for power in powers for step in _STEPS]
    return [value for value in values if low <= value <= high]
