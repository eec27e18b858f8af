"""The queue on disk: rings, and for each ring what became of it for each recipient.

SQLite in WAL mode with synchronous=FULL: a transaction that returned survives a crash and a power cut. UNIQUE(ring,
recipient) makes it impossible to hold two deliveries of one ring for one recipient.
"""

import sqlite3
import threading
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

SCHEMA = """
CREATE TABLE IF NOT EXISTS rings (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  wall REAL NOT NULL,             -- seconds since 1970 by the clock of the machine at the ring
  mono REAL NOT NULL,             -- seconds since boot, to correct `wall` when the clock is set later in that boot
  boot TEXT NOT NULL,
  origin TEXT NOT NULL CHECK (origin IN ('button', 'simulated', 'check')),
  waited REAL NOT NULL DEFAULT 0, -- seconds the relay has been up with this ring open: what the deadline counts
  open INTEGER NOT NULL DEFAULT 1,
  assigned INTEGER NOT NULL DEFAULT 0,
  lost INTEGER NOT NULL DEFAULT 0 -- 1: nobody was named as recipient before the deadline; 2: the same, acknowledged
);
CREATE TABLE IF NOT EXISTS deliveries (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  ring INTEGER NOT NULL REFERENCES rings(id) ON DELETE CASCADE,
  recipient TEXT NOT NULL,
  via TEXT NOT NULL DEFAULT '',   -- the group of mowa that named this recipient
  state TEXT NOT NULL DEFAULT 'waiting'
    CHECK (state IN ('waiting', 'sending', 'sent', 'split', 'expired', 'unknown', 'withdrawn')),
  attempts INTEGER NOT NULL DEFAULT 0,
  unknown INTEGER NOT NULL DEFAULT 0, -- attempts of which nobody knows whether the message went out
  error TEXT NOT NULL DEFAULT '',
  ended REAL,
  seen INTEGER NOT NULL DEFAULT 0,    -- the administrator acknowledged that it was not delivered
  UNIQUE (ring, recipient)
);
-- Whom mowa named when it last answered for a group: the only way to know who is in it.
CREATE TABLE IF NOT EXISTS members (
  team TEXT NOT NULL,
  recipient TEXT NOT NULL,
  PRIMARY KEY (team, recipient)
);
-- One row while the button is down, as far as the relay last saw.
CREATE TABLE IF NOT EXISTS button (down INTEGER PRIMARY KEY CHECK (down = 1));
CREATE INDEX IF NOT EXISTS deliveries_open ON deliveries (state, ring);
CREATE INDEX IF NOT EXISTS rings_open ON rings (open);
"""
VERSION = 1
CLOCK_UNSURE = 10.0  # Seconds: a smaller correction of a ring's time is noise.
CLOCK_WRONG = 120.0  # Seconds a ring may seem older than what came before it; more, and its clock was not set.


def plain(recipient: str) -> str:
    """A recipient in one spelling: mowa's groups may have numbers with spaces."""
    return recipient.replace(" ", "") if recipient.startswith("+") else recipient


class Delivery(NamedTuple):
    """One ring for one recipient, still to be sent."""

    id: int
    ring: int
    recipient: str
    via: str
    attempts: int
    unknown: int
    wall: float
    mono: float
    boot: str
    origin: str


def boot_id() -> str:
    """Names this boot of the kernel."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return "unknown"


class Store:
    """All access to the queue, from any thread. Where `note` is not empty, the disk is not what it should be."""

    def __init__(self, directory: Path | None) -> None:
        """Without a directory: in memory, for the rings that come while the disk takes none."""
        self.path = directory / "queue.db" if directory else Path(":memory:")
        self.note = ""
        self.durable = directory is not None
        self._lock = threading.RLock()
        self._boot = boot_id()
        try:
            self._db = self._open(str(self.path))
        except sqlite3.OperationalError as error:
            # A bell that rings now is worth more than a process that refuses to start on a dead SD card.
            self.note = f"{self.path} cannot be opened ({error}): rings are kept in memory and a restart loses them"
            self.durable = False
            self._db = self._open(":memory:")
        except sqlite3.DatabaseError as error:
            aside = self.path.with_name(f"queue.db.damaged-{int(time.time())}")
            for suffix in ("", "-wal", "-shm"):
                with suppress(FileNotFoundError):
                    Path(f"{self.path}{suffix}").replace(f"{aside}{suffix}")
            self.note = f"the queue was damaged ({error}); it is kept as {aside} and a new one was begun"
            self._db = self._open(str(self.path))
        # What was being sent when the last process died may or may not have arrived.
        self.in_doubt("the relay stopped while sending")

    def in_doubt(self, error: str) -> None:
        """Puts back what was being sent when something broke: it may or may not have arrived."""
        again = "UPDATE deliveries SET state='waiting', unknown=unknown+1, error=? WHERE state='sending'"
        self._run((again, (error,)))

    @staticmethod
    def _open(path: str) -> sqlite3.Connection:
        db = sqlite3.connect(path, timeout=10, isolation_level=None, check_same_thread=False)
        try:
            db.execute("PRAGMA journal_mode=WAL")
            db.execute("PRAGMA synchronous=FULL")
            db.execute("PRAGMA foreign_keys=ON")
            found = int(db.execute("PRAGMA user_version").fetchone()[0])
            if found > VERSION:
                raise sqlite3.OperationalError(f"its format {found} is newer than this relay's {VERSION}")
            if db.execute("PRAGMA quick_check").fetchone()[0] != "ok":
                raise sqlite3.DatabaseError("quick_check failed")
            db.executescript(SCHEMA)
            db.execute(f"PRAGMA user_version={VERSION}")
        except sqlite3.Error:
            db.close()
            raise
        return db

    def _run(self, *statements: str | tuple[str, tuple[object, ...]]) -> int:
        """Runs the statements as one transaction, all or none. The row id of the last one."""
        with self._lock:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                last = 0
                for statement in statements:
                    sql, values = statement if isinstance(statement, tuple) else (statement, ())
                    last = self._db.execute(sql, values).lastrowid or 0
                self._db.execute("COMMIT")
            except BaseException:
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
                raise
            return last

    def _all(self, sql: str, values: tuple[object, ...] = ()) -> list[tuple[object, ...]]:
        with self._lock:
            return self._db.execute(sql, values).fetchall()

    def _number(self, sql: str, values: tuple[object, ...] = ()) -> float:
        found = self._all(sql, values)[0][0]
        return float(found) if isinstance(found, (int, float)) else 0.0

    def add_ring(
        self, origin: str, mono: float, wall: float, recipients: Iterable[str], least: int = 1, down: bool = False
    ) -> int:
        """Stores a ring with its deliveries; it is on disk when this returns. Its number is at least `least`. With
        `down` it is also noted that the button is down. Raises sqlite3.Error."""
        to = list(recipients)
        with self._lock:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                number = max(least, self.next_ring())
                cursor = self._db.execute(
                    "INSERT INTO rings (id, wall, mono, boot, origin, open, assigned) VALUES (?, ?, ?, ?, ?, ?, ?)",
                    (
                        number,
                        wall,
                        mono,
                        self._boot,
                        origin,
                        int(origin != "check"),
                        int(bool(to) or origin == "check"),
                    ),
                )
                ring = int(cursor.lastrowid or 0)
                if down:
                    self._db.execute("INSERT OR IGNORE INTO button VALUES (1)")
                if origin != "check":
                    self._db.executemany(
                        "INSERT INTO deliveries (ring, recipient) VALUES (?, ?)", [(ring, one) for one in to]
                    )
                self._db.execute("COMMIT")
            except BaseException:
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
                raise
            return ring

    def button_down(self) -> bool:
        """Whether the button was down when it was last seen, also by a relay before this one."""
        return bool(self._number("SELECT count(*) FROM button"))

    def button_up(self) -> None:
        """The button was let go. Raises sqlite3.Error."""
        self._run("DELETE FROM button")

    def try_writing(self) -> None:
        """Raises sqlite3.Error while the disk takes nothing."""
        self._run(f"PRAGMA user_version={VERSION}")

    def next_ring(self) -> int:
        """The number that the next ring gets: no number is given twice, also after the ring was forgotten."""
        return int(self._number("SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name='rings'")) + 1

    def assign(self, recipients: Iterable[str]) -> int:
        """Gives the rings that came while nobody was named to those who are named now. How many rings."""
        to = list(recipients)
        rings = [int(str(row[0])) for row in self._all("SELECT id FROM rings WHERE open=1 AND assigned=0")]
        if not to or not rings:
            return 0
        steps: list[tuple[str, tuple[object, ...]]] = []
        for ring in rings:
            add = "INSERT OR IGNORE INTO deliveries (ring, recipient) VALUES (?, ?)"
            steps += [(add, (ring, one)) for one in to]
            steps.append(("UPDATE rings SET assigned=1 WHERE id=?", (ring,)))
        self._run(*steps)
        return len(rings)

    def waiting(self) -> list[Delivery]:
        """What is still to be sent, oldest ring first."""
        rows = self._all(
            "SELECT d.id, d.ring, d.recipient, d.via, d.attempts, d.unknown, r.wall, r.mono, r.boot, r.origin "
            "FROM deliveries d JOIN rings r ON r.id = d.ring WHERE d.state='waiting' ORDER BY d.ring, d.id"
        )
        return [Delivery._make(row) for row in rows]

    def age_of(self, one: Delivery, now: float) -> float | None:
        """Seconds from its ring to `now`, both by this boot's monotonic clock; None for a ring of another boot."""
        return max(0.0, now - one.mono) if one.boot == self._boot else None

    def begin(self, delivery: int) -> bool:
        """On disk before the first byte leaves: after a crash the relay knows that this one is in doubt. False when
        there is nothing to begin any more: it was handed over."""
        with self._lock:
            self._run(("UPDATE deliveries SET state='sending', attempts=attempts+1 WHERE id=?", (delivery,)))
            return bool(self._number("SELECT count(*) FROM deliveries WHERE id=? AND state='sending'", (delivery,)))

    def hand_over(self, to: "Store") -> int:
        """Moves the rings of which nothing was tried yet to `to`, oldest first. How many. Raises sqlite3.Error of
        `to`; what it did not take stays here."""
        with self._lock:  # So that nobody begins to send one of them meanwhile.
            rows = self._all(
                "SELECT id, origin, mono, wall FROM rings WHERE open=1 AND NOT EXISTS (SELECT 1 FROM deliveries d "
                "WHERE d.ring=rings.id AND (d.attempts>0 OR d.state<>'waiting')) ORDER BY id"
            )
            for ring, origin, mono, wall in rows:
                names = [str(row[0]) for row in self._all("SELECT recipient FROM deliveries WHERE ring=?", (ring,))]
                to.add_ring(str(origin), float(str(mono)), float(str(wall)), names, int(str(ring)))
                self._run(("DELETE FROM rings WHERE id=?", (ring,)))
        return len(rows)

    def back(self, delivery: int, error: str, unknown: bool) -> None:
        """The attempt failed, or (`unknown`) nobody knows; it waits for the next."""
        self._run(
            (
                "UPDATE deliveries SET state='waiting', error=?, unknown=unknown+? WHERE id=?",
                (error, int(unknown), delivery),
            )
        )

    def end(self, delivery: int, state: str, error: str = "") -> None:
        """`sent`, `expired`, `unknown` or `withdrawn`."""
        self._run(
            ("UPDATE deliveries SET state=?, error=?, ended=? WHERE id=?", (state, error, time.time(), delivery)),
            *self._close(delivery),
        )

    def split(self, delivery: Delivery, members: list[tuple[str, bool, str, bool]]) -> None:
        """mowa resolved a group: (member, success, error, in doubt). From here on each member has a delivery of its
        own, ended where it was a success; a member who is also named otherwise has one for both."""
        now = time.time()
        steps: list[tuple[str, tuple[object, ...]]] = [
            ("DELETE FROM members WHERE team=?", (delivery.recipient,)),
            ("UPDATE deliveries SET state='split', ended=? WHERE id=?", (now, delivery.id)),
        ]
        for name, success, error, doubt in members:
            who = plain(name)
            unknown = delivery.unknown + doubt
            ended = ("sent", "", now) if success else ("waiting", error, None)
            steps += [
                ("INSERT OR IGNORE INTO members VALUES (?, ?)", (delivery.recipient, who)),
                (
                    "INSERT INTO deliveries (ring, recipient, via, attempts, unknown, state, error, ended) "
                    "VALUES (?, ?, ?, 1, ?, ?, ?, ?) ON CONFLICT (ring, recipient) DO UPDATE SET state=excluded.state, "
                    "attempts=attempts+1, unknown=unknown+?, error=excluded.error, ended=excluded.ended "
                    "WHERE state='waiting'",
                    (delivery.ring, who, delivery.recipient, unknown, *ended, int(doubt)),
                ),
            ]
        self._run(*steps, *self._close(delivery.id))

    def _people(self, recipient: str) -> set[str] | None:
        """Whom a recipient stands for. None where that is not known: a group that mowa has not answered for yet."""
        if recipient.startswith("+"):
            return {recipient}
        found = self._all("SELECT recipient FROM members WHERE team=?", (recipient,))
        return {str(row[0]) for row in found} or None

    def may_have_it(self, one: Delivery) -> bool:
        """Whether somebody whom this delivery reaches has this ring already through another one, or may have it."""
        mine = self._people(one.recipient)
        others = self._all(
            "SELECT recipient FROM deliveries WHERE ring=? AND id<>? AND state<>'split' "
            "AND (state='sent' OR unknown>0)",
            (one.ring, one.id),
        )
        for row in others:
            theirs = self._people(str(row[0]))
            if mine is None or theirs is None or mine & theirs:
                return True
        return False

    def twice(self, recipients: Iterable[str]) -> list[tuple[str, list[str]]]:
        """Who is in more than one of the groups among `recipients`: (number, groups)."""
        found: dict[str, list[str]] = {}
        for team in recipients:
            for who in (self._people(team) or set()) if not team.startswith("+") else set():
                found.setdefault(who, []).append(team)
        return sorted((who, teams) for who, teams in found.items() if len(teams) > 1)

    @staticmethod
    def _close(delivery: int) -> list[tuple[str, tuple[object, ...]]]:
        return [
            (
                "UPDATE rings SET open=0 WHERE id=(SELECT ring FROM deliveries WHERE id=?) AND NOT EXISTS "
                "(SELECT 1 FROM deliveries d WHERE d.ring=rings.id AND d.state IN ('waiting', 'sending'))",
                (delivery,),
            )
        ]

    def age(self, seconds: float) -> None:
        """Adds `seconds` of running time to every open ring. The wall clock is not used: a Pi has none of its own,
        and the jump when it is set would expire rings that are minutes old."""
        if self._number("SELECT count(*) FROM rings WHERE open=1"):
            self._run(("UPDATE rings SET waited=waited+? WHERE open=1", (seconds,)))

    def expire(self, deadline: float) -> list[tuple[int, str]]:
        """Ends what waited for more than `deadline` seconds: (ring, recipient), recipient empty if nobody was named."""
        late = [
            (int(str(ring)), int(str(delivery)), str(to))
            for ring, delivery, to in self._all(
                "SELECT r.id, d.id, d.recipient FROM rings r JOIN deliveries d ON d.ring=r.id "
                "WHERE r.open=1 AND r.waited>? AND d.state='waiting'",
                (deadline,),
            )
        ]
        for _, delivery, _ in late:
            self._run(
                ("UPDATE deliveries SET state='expired', ended=? WHERE id=?", (time.time(), delivery)),
                *self._close(delivery),
            )
        nobody = [
            int(str(row[0]))
            for row in self._all("SELECT id FROM rings WHERE open=1 AND assigned=0 AND waited>?", (deadline,))
        ]
        for ring in nobody:
            self._run(("UPDATE rings SET open=0, lost=1 WHERE id=?", (ring,)))
        return [(ring, to) for ring, _, to in late] + [(ring, "") for ring in nobody]

    def acknowledge(self) -> int:
        """Marks everything that was given up as seen by the administrator. How many."""
        count = int(self.undelivered())
        self._run(
            "UPDATE deliveries SET seen=1 WHERE state IN ('expired', 'unknown')",
            "UPDATE rings SET lost=2 WHERE lost=1",
        )
        return count

    def undelivered(self) -> float:
        """Deliveries given up (deadline, or too often in doubt) that nobody has acknowledged yet."""
        return self._number(
            "SELECT (SELECT count(*) FROM deliveries WHERE state IN ('expired', 'unknown') AND seen=0) "
            "+ (SELECT count(*) FROM rings WHERE lost=1)"
        )

    def figures(self) -> dict[str, float]:
        """Counts over everything still in the queue's history."""
        result = {"rings": self._number("SELECT count(*) FROM rings WHERE origin<>'check'")}
        result["rings_waiting"] = self._number("SELECT count(*) FROM rings WHERE open=1")
        result["oldest_wait_s"] = self._number("SELECT coalesce(max(waited), 0) FROM rings WHERE open=1")
        for state in ("waiting", "sending", "sent", "expired", "unknown", "withdrawn"):
            result[state] = self._number("SELECT count(*) FROM deliveries WHERE state=?", (state,))
        result["undelivered"] = self.undelivered()
        return result

    def last_ring(self) -> tuple[int, float, str] | None:
        """(ring, wall time in seconds since 1970, origin), checks left out."""
        rows = self._all(
            "SELECT id, wall, mono, boot, origin FROM rings WHERE origin<>'check' ORDER BY id DESC LIMIT 1"
        )
        if not rows:
            return None
        ring, wall, mono, boot, origin = rows[0]
        return int(str(ring)), self.rang_at(float(str(wall)), float(str(mono)), str(boot)), str(origin)

    def rang_at(self, wall: float, mono: float, boot: str) -> float:
        """When it rang by today's clock: a ring of this boot is dated back from now, which is right even if it came
        before the clock was set."""
        if boot != self._boot:
            return wall
        today = time.time() - (time.monotonic() - mono)
        return today if abs(today - wall) > CLOCK_UNSURE else wall

    def redate(self) -> None:
        """Writes down the right time of this boot's waiting rings once the clock was set: a later boot cannot."""
        steps: list[tuple[str, tuple[object, ...]]] = []
        for ring, wall, mono in self._all("SELECT id, wall, mono FROM rings WHERE open=1 AND boot=?", (self._boot,)):
            right = self.rang_at(float(str(wall)), float(str(mono)), self._boot)
            if right != wall:
                steps.append(("UPDATE rings SET wall=? WHERE id=?", (right, ring)))
        if steps:
            self._run(*steps)

    def time_known(self, ring: int, wall: float) -> bool:
        """For a ring of an earlier boot. False if that boot's clock was never set: a Pi has none of its own and starts
        in the past. It shows where a ring seems older than one before it."""
        before = self._number("SELECT coalesce(max(wall), 0) FROM rings WHERE id<?", (ring,))
        return wall >= before - CLOCK_WRONG

    def last_errors(self) -> list[tuple[str, str, int]]:
        """(recipient, error, attempts) of what is waiting after a failure, at most five."""
        rows = self._all(
            "SELECT recipient, error, max(attempts) FROM deliveries WHERE state='waiting' AND error<>'' "
            "GROUP BY recipient ORDER BY max(id) DESC LIMIT 5"
        )
        return [(str(to), str(error), int(str(attempts))) for to, error, attempts in rows]

    def prune(self, keep: int = 1000) -> None:
        """Forgets finished rings beyond the newest `keep`; what was given up stays until it is acknowledged."""
        self._run(
            (
                "DELETE FROM rings WHERE open=0 AND lost<>1 AND id <= (SELECT coalesce(max(id), 0) - ? FROM rings) "
                "AND NOT EXISTS (SELECT 1 FROM deliveries d WHERE d.ring=rings.id AND d.seen=0 "
                "AND d.state IN ('expired', 'unknown'))",
                (keep,),
            )
        )

    def close(self) -> None:
        """Ends the use of the database; nothing is lost by not calling it."""
        with self._lock:
            self._db.close()
