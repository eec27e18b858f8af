"""The queue on disk, and a disk that is not what it should be."""

import shutil
import sqlite3
import tempfile
import time
import unittest
from pathlib import Path

from doorbell.store import Store

from bench import ANNA, BERT


class Disk(unittest.TestCase):
    def setUp(self) -> None:
        self.directory = Path(tempfile.mkdtemp(prefix="thuroros-"))
        self.addCleanup(shutil.rmtree, self.directory)

    def open(self) -> Store:
        store = Store(self.directory)
        self.addCleanup(store.close)
        return store

    def test_it_syncs_each_transaction(self) -> None:
        store = self.open()
        self.assertEqual(store._all("PRAGMA synchronous"), [(2,)])
        self.assertEqual(store._all("PRAGMA journal_mode"), [("wal",)])

    def test_a_copy_of_the_files_at_any_moment_is_a_whole_queue(self) -> None:
        store = self.open()
        for number in range(20):
            store.add_ring("button", float(number), 0.0, (ANNA, BERT))
            copy = self.directory / f"copy-{number}"
            copy.mkdir()
            for file in self.directory.glob("queue.db*"):
                shutil.copy(file, copy)
            found = Store(copy)
            self.assertEqual((len(found.waiting()), found.note), (2 * (number + 1), ""))
            found.close()

    def test_a_damaged_queue_is_kept_aside_and_the_bell_goes_on(self) -> None:
        (self.directory / "queue.db").write_bytes(b"SQLite format 3\0" + b"\x17" * 8000)
        store = self.open()
        self.assertIn("damaged", store.note)
        self.assertTrue(store.durable)
        store.add_ring("button", 0.0, 0.0, (ANNA,))
        self.assertEqual(len(list(self.directory.glob("queue.db.damaged-*"))), 1)

    def test_a_directory_that_is_not_there_leaves_the_bell_working_and_says_so(self) -> None:
        store = Store(self.directory / "nowhere")
        self.addCleanup(store.close)
        self.assertFalse(store.durable)
        self.assertIn("in memory", store.note)
        store.add_ring("button", 0.0, 0.0, (ANNA,))
        self.assertEqual(len(store.waiting()), 1)

    def test_a_queue_of_a_newer_relay_is_not_touched(self) -> None:
        with sqlite3.connect(self.directory / "queue.db") as db:
            db.execute("PRAGMA user_version=99")
        db.close()
        store = self.open()
        self.assertIn("newer", store.note)
        self.assertFalse(store.durable)

    def test_the_relay_of_an_image_before_this_one_goes_on_with_the_queue_and_this_one_with_what_it_left(self) -> None:
        """The statements of format 1, as the first relay had them: an upgrade that is taken back brings it again. A
        column that it does not fill, or another word for a state, and rings are lost to it; a newer format it does
        not touch."""
        store = self.open()
        store.add_ring("button", 1.0, 2.0, (ANNA,))
        store.close()
        with sqlite3.connect(self.directory / "queue.db") as db:
            self.assertLessEqual(db.execute("PRAGMA user_version").fetchone()[0], 1)
            open_rings = db.execute(
                "SELECT d.id, d.ring, d.recipient, d.via, d.attempts, d.unknown, r.wall, r.mono, r.boot, r.origin "
                "FROM deliveries d JOIN rings r ON r.id = d.ring WHERE d.state='waiting' ORDER BY d.ring, d.id"
            ).fetchall()
            self.assertEqual([(row[1], row[2], row[6], row[7]) for row in open_rings], [(1, ANNA, 2.0, 1.0)])
            ring = "INSERT INTO rings (id, wall, mono, boot, origin, open, assigned) VALUES (?, ?, ?, ?, ?, ?, ?)"
            db.execute(ring, (2, 3.0, 4.0, "the boot before", "button", 1, 1))
            db.execute("INSERT INTO deliveries (ring, recipient) VALUES (?, ?)", (2, BERT))
            begin = "UPDATE deliveries SET state='sending', attempts=attempts+1 WHERE id=?"
            end = "UPDATE deliveries SET state=?, error=?, ended=? WHERE id=?"
            db.execute(begin, (open_rings[0][0],))
            db.execute(end, ("sent", "", 5.0, open_rings[0][0]))
            db.execute("INSERT OR IGNORE INTO members VALUES (?, ?)", ("family", ANNA))
            db.execute("INSERT OR IGNORE INTO button VALUES (1)")
        db.close()
        again = self.open()
        self.assertEqual((again.note, again.durable), ("", True))
        self.assertEqual([(one.ring, one.recipient) for one in again.waiting()], [(2, BERT)])
        self.assertTrue(again.button_down())

    def test_one_ring_cannot_be_held_twice_for_one_recipient(self) -> None:
        store = self.open()
        with self.assertRaises(sqlite3.IntegrityError):
            store.add_ring("button", 0.0, 0.0, (ANNA, ANNA))
        self.assertEqual(store.figures()["rings"], 0)

    def test_history_is_bounded_and_waiting_rings_are_not_history(self) -> None:
        store = self.open()
        store.add_ring("button", 0.0, 0.0, (ANNA,))
        for _ in range(30):
            store.add_ring("check", 0.0, 0.0, ())
            ring = store.add_ring("button", 0.0, 0.0, (ANNA,))
            store.end(next(one.id for one in store.waiting() if one.ring == ring), "sent")
        store.prune(10)
        self.assertEqual(store._all("SELECT count(*) FROM rings"), [(11,)])
        self.assertEqual([one.ring for one in store.waiting()], [1])
        self.assertEqual(store._all("SELECT count(*) FROM deliveries"), [(6,)])

    def test_a_check_is_stored_and_sent_to_nobody(self) -> None:
        store = self.open()
        store.add_ring("check", 0.0, 0.0, ())
        self.assertEqual(store.assign((ANNA,)), 0)
        self.assertEqual((store.waiting(), store.figures()["rings_waiting"]), ([], 0))

    def test_a_ring_before_the_clock_was_set_is_dated_right_afterwards(self) -> None:
        store = self.open()
        now = time.time()
        mono = time.monotonic() - 600
        store.add_ring("button", mono, now - 90_000, (ANNA,))  # The clock stood a day in the past.
        one = store.waiting()[0]
        self.assertAlmostEqual(store.rang_at(one.wall, one.mono, one.boot), now - 600, delta=2)
        self.assertEqual(store.rang_at(one.wall, one.mono, "another boot"), one.wall)

    def test_powered_off_time_does_not_count_for_the_deadline(self) -> None:
        store = self.open()
        store.add_ring("button", 0.0, 1.0, (ANNA,))  # By the wall clock it rang in 1970.
        store.age(50)
        self.assertEqual(store.expire(60), [])
        store.age(11)
        self.assertEqual(store.expire(60), [(1, ANNA)])


if __name__ == "__main__":
    unittest.main()
