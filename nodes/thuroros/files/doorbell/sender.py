"""Brings the queued rings to mowa: which delivery is next, when, and what each outcome means for it.

What is promised, and what cannot be: a recipient for whom mowa reported success gets that ring never again, and no ring
is given up before its deadline without a reason that `doorbell status` shows. mowa has no message id, so when an answer
is lost nobody can know whether the message went out (the two generals' problem): then it is sent again, marked as a
possible repeat, because a ring nobody hears of is worse than one that says it may be the second.
"""

import logging
import random
import sqlite3
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from doorbell.config import Config, backoff
from doorbell.mowa import Answered, Mowa, Refused, Unknown, Unreachable, in_doubt
from doorbell.store import Delivery, Store, plain

FRESH = 120.0  # Seconds: a ring this young goes before the backlog, someone is still at the door.
LINK_LONGEST = 30.0  # Seconds between two looks at a mowa that is away.
LINK_TRUST = 20.0  # Seconds that a good answer spares the next message the question whether mowa is there.
SETTLE_AFTER_CRASH = 10.0  # Seconds: longer than mowa's 9, so that a message cut off by our crash is over.
REPEAT = " (possibly a repeat)"
UNDATED = " (earlier; the clock was not set when it rang)"
SYNCED = Path("/run/systemd/timesync/synchronized")  # systemd-timesyncd makes it once the network has set the clock.
log = logging.getLogger("doorbell")


def masked(recipient: str) -> str:
    """A recipient as it may stand in logs and in the status: enough to tell two apart."""
    return f"{recipient[:3]}…{recipient[-2:]}" if recipient.startswith("+") else recipient


def ago(seconds: float) -> str:
    """How long ago something was, for people."""
    for unit, size in (("h", 3600), ("min", 60)):
        if seconds >= size:
            return f"{seconds / size:.0f} {unit} ago"
    return "just now"


@dataclass(slots=True)
class Link:
    """What is known of the way to mowa. Times are monotonic seconds."""

    reachable: bool | None = None
    error: str = ""
    since: float = 0.0
    failures: int = 0
    next_try: float = 0.0
    last_try: float = 0.0
    last_good: float = -1e9


@dataclass(slots=True)
class Sender:
    """Sends one message at a time: mowa drives one Messages application."""

    store: Store
    config: Callable[[], Config]
    client: Callable[[Config], Mowa] = field(default=lambda c: Mowa(c.address, c.connect_timeout, c.timeout))
    clock: Callable[[], float] = time.monotonic
    chance: Callable[[], float] = random.random
    clock_set: Callable[[], bool] = SYNCED.exists
    beat: Callable[[], None] = field(default=lambda: None)
    link: Link = field(default_factory=Link)
    turn: threading.Lock = field(default_factory=threading.Lock)  # Held while mowa works: one message at a time.
    wake: threading.Event = field(default_factory=threading.Event)
    _due: dict[int, float] = field(default_factory=dict)
    _aged: float | None = None
    _recovered: bool = False
    _named: tuple[str, ...] = ()
    _stop: threading.Event = field(default_factory=threading.Event)
    _said: str = ""

    def run(self, stop: threading.Event) -> None:
        """Sends until `stop`. What is being sent then is finished first, so that an ordinary stop leaves no doubt."""
        self._stop = stop
        while not stop.is_set():
            self.beat()
            try:
                wait = self.step()
                self._said = ""
            except sqlite3.Error as error:
                if self._said != str(error):
                    self._said = str(error)
                    log.error("the queue cannot be used, it is tried again: %s", error)
                wait = 2.0
            except Exception:
                log.exception("a mistake in the relay; it goes on")
                self._write(lambda: self.store.in_doubt("a mistake in the relay while sending"))
                wait = 5.0
            if wait > 0 and self.wake.wait(min(wait, 5.0)):
                self.wake.clear()

    def _write(self, step: Callable[[], object]) -> None:
        """Writes down what became of a message, however long the disk refuses: forgetting it would double it."""
        said = False
        while True:
            try:
                step()
                return
            except sqlite3.Error as error:
                if self._stop.is_set():
                    raise
                if not said:
                    said = True
                    log.error("what became of a message cannot be stored, it is tried again: %s", error)
                self.beat()
                self._stop.wait(1.0)

    def rang(self) -> None:
        """A new ring is in the queue: look now, and at a mowa that is away at most a second after the last look."""
        self.link.next_try = min(self.link.next_try, self.link.last_try + 1.0)
        self.wake.set()

    def step(self) -> float:
        """Does at most one exchange with mowa. Seconds until there is something to do."""
        config = self.config()
        now = self.clock()
        self._keep_house(config, now)
        waiting = self.store.waiting()
        if not self._recovered:
            self._recovered = True
            self._due = {one.id: now + SETTLE_AFTER_CRASH for one in waiting if one.unknown}
        if not waiting:
            self._due.clear()
            return 60.0
        self._due = {one.id: self._due[one.id] for one in waiting if one.id in self._due}
        if now < self.link.next_try:
            return self.link.next_try - now
        due = [one for one in waiting if self._due.get(one.id, 0.0) <= now]
        if not due:
            return min(self._due.values()) - now
        fresh = [one for one in due if one.attempts == 0 and self._is_fresh(one, now)]
        mowa = self.client(config)
        if now - self.link.last_good > LINK_TRUST:
            gone = mowa.probe()
            if gone:
                self._link_down(gone.error)
                return max(0.0, self.link.next_try - self.clock())
            self._link_up()
        # The oldest ring first; of one ring the groups first, so that whom they reached is known before the numbers go.
        self._send(config, mowa, min(fresh or due, key=lambda one: (one.ring, one.recipient.startswith("+"), one.id)))
        return 0.0

    def _is_fresh(self, one: Delivery, now: float) -> bool:
        age = self.store.age_of(one, now)
        return age is not None and age < FRESH

    def _keep_house(self, config: Config, now: float) -> None:
        since = now - self._aged if self._aged is not None else 0.0
        if self._aged is None or since >= min(30.0, config.deadline / 4):
            self._aged = now
            self.store.redate()
            if since > 0:
                self.store.age(since)
            for ring, to in self.store.expire(config.deadline):
                who = masked(to) if to else "anybody: nobody is named in [recipients]"
                log.error("ring %d was not delivered to %s within %g s", ring, who, config.deadline)
        if config.recipients:
            given = self.store.assign(config.recipients)
            if given:
                log.info("%d rings that came while no recipient was named are on their way", given)
            if not config.problems and config.recipients != self._named:
                self._named = config.recipients
                for one in self.store.waiting():
                    if (one.via or one.recipient) not in config.recipients:
                        self.store.end(one.id, "withdrawn", "no longer a recipient")
                        log.warning("ring %d to %s withdrawn: no longer a recipient", one.ring, masked(one.recipient))

    def message(self, config: Config, one: Delivery) -> str:
        """The text with the time of the ring, and with what the reader should know about this copy."""
        clock, day, more = self._when(config, one)
        text = config.text.replace("{time}", clock).replace("{date}", day).replace("{ring}", str(one.ring)) + more
        if one.origin == "simulated":
            text += " (test)"
        return text + REPEAT if one.unknown or self.store.may_have_it(one) else text

    def _when(self, config: Config, one: Delivery) -> tuple[str, str, str]:
        """The ring's time and date, and what is to be said of them."""
        age = self.store.age_of(one, self.clock())
        if age is not None and not self.clock_set():
            # A time may be wrong by years. How long ago it was, in this boot, is certain.
            return ago(age), "today" if age < FRESH else "????-??-??", ""
        if age is None and not self.store.time_known(one.ring, one.wall):
            return "??:??", "????-??-??", UNDATED
        zone = None if config.timezone == "system" else ZoneInfo(config.timezone)
        now = datetime.now(zone).astimezone(zone)
        rang = datetime.fromtimestamp(self.store.rang_at(one.wall, one.mono, one.boot), zone).astimezone(zone)
        # Kairos has no zone of its own: who was not asked for one does not think of UTC.
        named = " UTC" if zone is None and rang.tzname() == "UTC" else ""
        day = f"{rang:%Y-%m-%d}"
        return f"{rang:%H:%M:%S}{named}", day, "" if rang.date() == now.date() else f" on {day}"

    def _send(self, config: Config, mowa: Mowa, one: Delivery) -> None:
        text = self.message(config, one)
        with self.turn:
            exchange = mowa.open()
            if isinstance(exchange, Unreachable):
                self._link_down(exchange.error)
                return
            begun = False
            try:
                begun = self.store.begin(one.id)
            finally:
                if not begun:
                    exchange.connection.close()
            if not begun:
                return
            self.beat()
            outcome = exchange.send(one.recipient, text)
        self.beat()
        who = masked(one.recipient)
        match outcome:
            case Answered(results):
                self._link_up()
                self._answered(config, one, results)
            case Refused(error):
                self._link_up()
                self._later(config, one, error, unknown=False)
                log.warning("ring %d to %s refused: %s", one.ring, who, error)
            case Unknown(error):
                self.link.last_good = -1e9
                log.warning("ring %d to %s is in doubt: %s", one.ring, who, error)
                self._later(config, one, error, unknown=True)

    def _answered(self, config: Config, one: Delivery, results: list[tuple[str, bool, str]]) -> None:
        who = masked(one.recipient)
        failed = [result for result in results if not result[1]]
        alone = one.recipient.startswith("+")
        if failed and (alone or len(results) == 1):
            error = failed[0][2] or "mowa gives no reason"
            log.warning("ring %d to %s failed: %s", one.ring, who, error)
            self._later(config, one, error, unknown=in_doubt(error))
        elif alone:
            self._write(lambda: self.store.end(one.id, "sent"))
            log.info("ring %d sent to %s", one.ring, who)
        else:
            members = [(name, success, error, not success and in_doubt(error)) for name, success, error in results]
            self._write(lambda: self.store.split(one, members))
            told = (one.ring, who, len(results) - len(failed), len(results))
            if not failed:
                log.info("ring %d to group %s: %d of %d sent", *told)
                return
            log.warning("ring %d to group %s: %d of %d sent, the rest follow one by one", *told)
            doubtful = {plain(name): doubt for name, success, _, doubt in members if not success}
            for member in self.store.waiting():
                if member.ring == one.ring and member.recipient in doubtful:
                    doubts = member.unknown if doubtful[member.recipient] else 0
                    self._wait(config, member.id, member.attempts, doubts)

    def _later(self, config: Config, one: Delivery, error: str, unknown: bool) -> None:
        if unknown and one.unknown + 1 >= config.unknown_attempts:
            self._write(lambda: self.store.end(one.id, "unknown", error))
            log.error("ring %d to %s given up: %d attempts in doubt", one.ring, masked(one.recipient), one.unknown + 1)
            return
        self._write(lambda: self.store.back(one.id, error, unknown))
        self._wait(config, one.id, one.attempts + 1, one.unknown + 1 if unknown else 0)

    def _wait(self, config: Config, delivery: int, failures: int, doubts: int) -> None:
        """Puts off a delivery after its `failures`-th failure; `doubts` is 0 where that was a plain one."""
        if doubts:
            # At once, for whoever stands at the door; then rarely: few copies, over the time in which a Mac recovers.
            wait = backoff(doubts, config.retry_first, config.unknown_longest, self.chance(), growth=30)
        else:
            wait = backoff(failures, config.retry_first, config.retry_longest, self.chance())
        self._due[delivery] = self.clock() + wait

    def _link_up(self) -> None:
        now = self.clock()
        if self.link.reachable is not True:
            log.info("mowa answers")
            self.link.since = now
        self.link.reachable, self.link.error = True, ""
        self.link.failures, self.link.next_try, self.link.last_good = 0, 0.0, now

    def _link_down(self, error: str) -> None:
        now = self.clock()
        if self.link.reachable is not False:
            log.warning("mowa cannot be reached: %s", error)
            self.link.since = now
        self.link.reachable, self.link.error = False, error
        self.link.failures += 1
        self.link.last_try, self.link.last_good = now, -1e9
        self.link.next_try = now + backoff(self.link.failures, 1.0, LINK_LONGEST, self.chance())
