"""What an editor's note says of itself: the claims it is for."""

from __future__ import annotations

from typing import Any


def claim_ids(value: Any) -> tuple[str, ...]:
    """Return the claims named by a note's ``for`` (``c124``, ``c124, c125`` or a list)."""
    if value is None:
        return ()
    items = value if isinstance(value, list) else str(value).replace(",", " ").split()
    return tuple(str(item) for item in items)
