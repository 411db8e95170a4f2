"""A clock for tests in which nobody waits."""

from __future__ import annotations

import threading
from datetime import UTC, datetime


class FakeClock:
    """Time that passes only by sleeping, and remembers every sleep."""

    def __init__(self) -> None:
        self.time = 0.0
        self.sleeps: list[float] = []
        self.lock = threading.Lock()

    def now(self) -> float:
        """Return the seconds slept so far."""
        return self.time

    def today(self) -> datetime:
        """Return the real time of day."""
        return datetime.now(UTC)

    def sleep(self, seconds: float, _wake: threading.Event) -> None:
        """Let time pass without waiting."""
        with self.lock:
            self.time += seconds
            self.sleeps.append(seconds)
