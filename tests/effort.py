"""How much work code does, counted instead of timed, and a stop for what would never end.

The clock depends on what else a machine is doing; the number of calls does not.
"""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any


def calls_of(function: Callable[..., Any], *arguments: Any) -> int:
    """Return how many calls, of Python's functions and of built-in ones, a call makes."""
    count = 0

    def note(_frame: FrameType, event: str, _argument: Any) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        function(*arguments)
    finally:
        sys.setprofile(before)
    return count


@contextmanager
def no_hanging(seconds: int = 120) -> Iterator[None]:
    """Fail what would otherwise never end, as a pattern that tries every split of a long line does.

    The limit is far above what the slowest machine needs; it is no measure of speed.
    """

    def fail(_signal: int, _frame: FrameType | None) -> None:
        raise AssertionError(f"still running after {seconds} s")

    before = signal.signal(signal.SIGALRM, fail)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)
