"""Which edges of the button's line are rings. Pure: the caller brings the time of each edge."""

from dataclasses import dataclass


@dataclass(slots=True)
class Debouncer:
    """Turns edges into rings: one for each press, however long it is held and however much its contacts bounce.

    A press rings at its first edge, so nobody waits. Two rules keep the rest of its edges quiet:
    no second ring within `debounce` seconds of the last one, and no ring from a line that was released for less than
    `settle` seconds, which is what the contacts do when a button that was held for long is let go.
    """

    debounce: float
    settle: float
    pressed_since: float | None = None
    released_at: float | None = None
    rang_at: float | None = None

    def edge(self, active: bool, at: float) -> bool:
        """Takes one edge at `at` (seconds, monotonic). True when it is a ring."""
        if not active:
            if self.pressed_since is not None:
                self.pressed_since = None
                self.released_at = at
            return False
        if self.pressed_since is not None:
            return False  # A second active edge without a release: an edge was missed, the press is the same.
        self.pressed_since = at
        if self.rang_at is not None and at - self.rang_at < self.debounce:
            return False
        if self.released_at is not None and at - self.released_at < self.settle:
            return False
        self.rang_at = at
        return True

    def is_released(self, now: float) -> bool:
        """Whether the button is up, and not only between two bounces."""
        up = self.pressed_since is None
        return up and (self.released_at is None or now - self.released_at >= self.settle)

    def held_for(self, now: float) -> float:
        """Seconds since the button went down, 0 when it is up."""
        return 0.0 if self.pressed_since is None else max(0.0, now - self.pressed_since)
