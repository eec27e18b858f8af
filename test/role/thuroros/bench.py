"""What the tests of the relay share: a clock that jumps, a sender on it, and the figures at the end."""

import shutil
import tempfile
import unittest
from collections import Counter
from dataclasses import replace
from pathlib import Path

from doorbell.config import Config
from doorbell.fakemowa import FakeMowa
from doorbell.sender import REPEAT, Sender
from doorbell.store import Store

ANNA, BERT = "+32470000001", "+32470000002"


class Clock:
    """Monotonic seconds that pass only when told to."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class Bench(unittest.TestCase):
    """A directory, a pretended mowa and a sender whose waits take no time."""

    def setUp(self) -> None:
        self.directory = Path(tempfile.mkdtemp(prefix="thuroros-"))
        self.addCleanup(shutil.rmtree, self.directory)
        self.mowa = FakeMowa().up()
        self.addCleanup(self.mowa.down)
        self.clock = Clock()
        self.config = Config(
            address=self.mowa.address,
            recipients=(ANNA, BERT),
            text="ring",
            timeout=0.5,
            connect_timeout=0.5,
        )
        self.rings = 0
        self.start()

    def start(self) -> None:
        """A new process, as far as the queue can tell."""
        self.store = Store(self.directory)
        self.addCleanup(self.store.close)
        self.sender = Sender(self.store, lambda: self.config, clock=self.clock, chance=lambda: 1.0)

    def change(self, **values: object) -> None:
        """Changes settings as an edited file would."""
        self.config = replace(self.config, **values)  # type: ignore[arg-type]

    def ring(self, count: int = 1) -> None:
        """Stores rings."""
        for _ in range(count):
            self.rings += 1
            self.store.add_ring("button", self.clock.now, 1_700_000_000.0 + self.rings, self.config.recipients)
        self.sender.rang()

    def turn(self, steps: int = 1) -> float:
        """Lets the sender work and the clock pass its waits. The seconds that passed."""
        begun = self.clock.now
        for _ in range(steps):
            self.clock.now += self.sender.step()
        return self.clock.now - begun

    def settle(self, most: int = 20_000) -> float:
        """Turns until nothing waits. The seconds that passed."""
        begun = self.clock.now
        for _ in range(most):
            if not self.store.waiting():
                return self.clock.now - begun
            self.turn()
        raise AssertionError(f"still waiting: {self.store.waiting()[:3]}")

    def figures(self, scenario: str, recipients: tuple[str, ...] = (ANNA, BERT)) -> tuple[int, int]:
        """Prints what went in and came out. (lost, doubled): a copy that says it may be a repeat is counted apart,
        it is the price of an answer that was lost."""
        lost = doubled = repeats = out = 0
        for to in recipients:
            messages = self.mowa.messages(to)
            marked = sum(REPEAT in message for message in messages)
            firsts = len(messages) - marked
            out += len(messages)
            lost += max(0, self.rings - len(messages))
            doubled += max(0, firsts - self.rings)
            repeats += max(0, len(messages) - max(firsts, self.rings))
        say(scenario, self.rings, len(recipients), out, lost, doubled, repeats)
        return lost, doubled


def say(scenario: str, rings: int, recipients: int, out: int, lost: int, doubled: int, repeats: int = 0) -> None:
    """One line of figures; the test runner of the repository shows them."""
    print(
        f"FIGURES {scenario}: rings in {rings}, recipients {recipients}, messages out {out}, "
        f"lost {lost}, doubled {doubled}, marked repeats {repeats}",
        flush=True,
    )


def tally(messages: list[str]) -> Counter[str]:
    """How often each text went out, the mark of a repeat left aside."""
    return Counter(message.removesuffix(REPEAT) for message in messages)
