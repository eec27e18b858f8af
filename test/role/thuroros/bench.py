"""What the tests of the relay share: a clock that jumps, a sender on it, and the figures at the end."""

import logging
import re
import shutil
import tempfile
import unittest
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path

from doorbell.config import Config
from doorbell.fakemowa import FakeMowa
from doorbell.sender import REPEAT, Sender
from doorbell.store import Store

# The relay's log is part of the program, not of the report.
logging.getLogger("doorbell").addHandler(logging.NullHandler())
# test_crash.py syncs to a disk. Elsewhere a thousand rings would wait for it, and a disk that others keep busy would
# decide over tests that count seconds.
MEMORY = "/dev/shm" if Path("/dev/shm").is_dir() else None
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
        self.directory = Path(tempfile.mkdtemp(prefix="thuroros-", dir=MEMORY))
        self.addCleanup(shutil.rmtree, self.directory)
        self.mowa = FakeMowa().up()
        self.addCleanup(self.mowa.down)
        self.clock = Clock()
        self.clock_set = True
        self.config = Config(
            address=self.mowa.address,
            recipients=(ANNA, BERT),
            text="ring {ring}",
            timeout=20.0,  # Real seconds: where mowa answers, only a machine that stands still may need them.
            connect_timeout=20.0,
        )
        self.first, self.rings = 1, 0
        self.start()

    def start(self) -> None:
        """A new process, as far as the queue can tell."""
        self.store = Store(self.directory)
        self.addCleanup(self.store.close)
        self.sender = Sender(
            self.store, lambda: self.config, clock=self.clock, chance=lambda: 1.0, clock_set=lambda: self.clock_set
        )

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
        """Prints what went in and came out, ring by ring. (lost, doubled)."""
        counts = Figures.of(range(self.first, self.first + self.rings), [self.mowa.messages(to) for to in recipients])
        counts.say(scenario)
        return counts.lost, counts.doubled

    def heard(self, to: str | None = None) -> list[str]:
        """The messages without their day. The bench's clock is not the machine's: after midnight its rings are of the
        day before, which a message says."""
        return [re.sub(r" on \d{4}-\d\d-\d\d", "", text) for text in self.mowa.messages(to)]

    def again(self) -> None:
        """Counts from here on."""
        self.first, self.rings = self.first + self.rings, 0
        self.mowa.sent.clear()


@dataclass
class Figures:
    """What became of the rings. A copy that says it may be a repeat is counted apart: it is the price of an answer
    that was lost, or of a person in two groups. `doubled` are copies that do not say so."""

    rings: int
    recipients: int
    out: int = 0
    lost: int = 0
    doubled: int = 0
    repeats: int = 0

    @classmethod
    def of(cls, rings: range, inboxes: list[list[str]]) -> "Figures":
        """Counts each ring by the number in its text, `ring N`."""
        found = cls(len(rings), len(inboxes))
        for inbox in inboxes:
            firsts, marked = Counter[int](), Counter[int]()
            for message in inbox:
                number = int(message.split()[1])
                (marked if message.endswith(REPEAT) else firsts)[number] += 1
            found.out += len(inbox)
            for ring in rings:
                found.lost += firsts[ring] + marked[ring] == 0
                found.doubled += max(0, firsts[ring] - 1)
                found.repeats += marked[ring] if firsts[ring] else max(0, marked[ring] - 1)
            found.doubled += sum(count for ring, count in (firsts + marked).items() if ring not in rings)
        return found

    def say(self, scenario: str) -> None:
        """One line; the test runner of the repository shows it."""
        print(
            f"FIGURES {scenario}: rings in {self.rings}, recipients {self.recipients}, messages out {self.out}, "
            f"lost {self.lost}, doubled {self.doubled} unmarked and {self.repeats} marked as possible repeats",
            flush=True,
        )
