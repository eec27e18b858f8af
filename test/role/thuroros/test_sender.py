"""Rings on their way through every kind of trouble: what arrives, how often, and when. The clock is pretended, the
queue, the HTTP client and the connections are real."""

import itertools
import os
import random
import sqlite3
import time
import unittest
from collections import Counter
from datetime import datetime
from unittest import mock
from zoneinfo import ZoneInfo

from doorbell.sender import LINK_LONGEST, REPEAT, SETTLE_AFTER_CRASH, masked

from bench import ANNA, BERT, Bench

CARL = "+32470000003"


class NoClock(Bench):
    """A Raspberry Pi has no clock of its own: a boot begins in the past, and the network may set it at any moment."""

    PAST = 1_700_000_000.0  # Where systemd lets the clock begin: the day the image's systemd was built.

    def boot(self, name: str) -> None:
        """Another boot: the monotonic clock begins anew, too."""
        self.store.close()
        self.clock.now = 5.0
        with mock.patch("doorbell.store.boot_id", lambda: name):
            self.start()

    def test_neither_a_jump_of_the_clock_nor_a_reboot_drops_doubles_or_hurries_a_ring(self) -> None:
        self.mowa.down()
        real = time.time()
        walls = itertools.cycle((0.0, self.PAST, real, real + 40 * 365 * 86_400, self.PAST))
        for boot in range(6):
            self.boot(f"boot {boot}")
            with mock.patch("time.time", return_value=next(walls)):
                self.ring(3)
                self.turn(40)
            with mock.patch("time.time", return_value=next(walls)):
                begun, asked = self.clock.now, self.sender.link.failures
                self.turn(20)
                tries = self.sender.link.failures - asked
                self.assertLessEqual(tries, (self.clock.now - begun) / (LINK_LONGEST / 2) + 2)
        self.assertEqual(self.store.figures()["expired"], 0)
        self.assertLess(self.store.figures()["oldest_wait_s"], self.config.deadline)
        self.mowa.up()
        self.boot("last")
        self.settle()
        self.assertEqual(self.figures("six boots, the clock between 1970 and in 40 years"), (0, 0))

    def test_a_message_names_the_time_of_its_ring_after_the_clock_was_set_and_a_reboot(self) -> None:
        self.change(text="rang at {date} {time}", timezone="UTC")
        self.mowa.down()
        real = time.time()
        with mock.patch("time.time", lambda: self.PAST + 30), mock.patch("time.monotonic", lambda: 1000.0):
            self.store.add_ring("button", 990.0, self.PAST + 20, (ANNA,))
            self.turn(2)
        with mock.patch("time.time", lambda: real), mock.patch("time.monotonic", lambda: 1060.0):
            self.clock.now += 60  # The network is there now, and has set the clock.
            self.turn(2)
        self.mowa.up()
        self.boot("the next")
        self.settle()
        rang = datetime.fromtimestamp(real - 70, ZoneInfo("UTC"))
        self.assertTrue(self.mowa.messages(ANNA)[0].startswith(f"rang at {rang:%Y-%m-%d %H:%M:%S}"))

    def test_a_ring_of_a_boot_whose_clock_was_never_set_names_no_wrong_time(self) -> None:
        self.change(text="rang at {date} {time}", timezone="UTC")
        self.mowa.down()
        real = time.time()
        self.store.add_ring("button", 1.0, real - 3600, (ANNA,))
        self.boot("without a network")
        with mock.patch("time.time", lambda: self.PAST), mock.patch("time.monotonic", lambda: 10.0):
            self.store.add_ring("button", 8.0, self.PAST - 2, (ANNA,))
            self.turn(3)
        self.mowa.up()
        self.boot("the next")
        self.settle()
        dated, undated = self.mowa.messages(ANNA)
        self.assertRegex(dated, r"^rang at 20\d\d-\d\d-\d\d \d\d:\d\d:\d\d")
        self.assertEqual(undated, "rang at ????-??-?? ??:?? (earlier; the clock was not set when it rang)")

    def test_a_ring_while_the_clock_is_not_set_says_how_long_ago_it_was(self) -> None:
        """The power is back, the internet is not; mowa, in the same house, is."""
        self.change(text="rang at {date} {time}", recipients=(ANNA,))
        self.store.add_ring("button", 1.0, time.time(), (ANNA,))
        self.settle()
        self.mowa.sent.clear()
        self.boot("the next")
        self.clock_set = False
        with mock.patch("time.time", lambda: self.PAST):
            self.store.add_ring("button", self.clock.now, self.PAST, (ANNA,))
            self.settle()
            self.mowa.down()
            self.store.add_ring("button", self.clock.now, self.PAST, (ANNA,))
            self.clock.now += 12 * 60
            self.turn()
            self.mowa.up()
            self.settle()
        now, later = self.mowa.messages(ANNA)
        self.assertEqual(now, "rang at today just now")
        self.assertEqual(later, "rang at ????-??-?? 12 min ago")


class Trouble(Bench):
    def nothing_lost_or_doubled(self, scenario: str, recipients: tuple[str, ...] = (ANNA, BERT)) -> None:
        self.assertEqual(self.figures(scenario, recipients), (0, 0))

    def test_a_thousand_rings(self) -> None:
        self.ring(1000)
        self.settle()
        self.nothing_lost_or_doubled("1,000 rings")
        self.assertEqual(self.mowa.overlapping, 0)
        self.assertEqual(self.store.figures()["rings_waiting"], 0)

    def test_mowa_down_then_up(self) -> None:
        self.mowa.down()
        self.ring(50)
        waited = self.turn(200)
        self.assertGreater(waited, 1800)
        self.assertEqual(self.mowa.sent, [])
        self.assertIs(self.sender.link.reachable, False)
        self.mowa.up()
        self.assertLessEqual(self.settle(), LINK_LONGEST + 1)
        self.nothing_lost_or_doubled(f"mowa down for {waited / 60:.0f} min, 50 rings")
        self.assertFalse(any(REPEAT in message for message in self.mowa.messages()))

    def test_a_new_ring_looks_for_mowa_at_once(self) -> None:
        self.mowa.down()
        self.ring()
        self.turn(30)
        self.mowa.up()
        self.clock.now += 1.0
        self.ring()
        self.turn(1)
        self.assertEqual(self.turn(1), 0.0)
        self.assertEqual(len(self.mowa.sent), 2)

    def test_one_recipient_fails_and_does_not_hold_up_the_other(self) -> None:
        broken = True
        self.mowa.plan = lambda to: "fail" if to == BERT and broken else "ok"
        self.ring(20)
        self.turn(100)
        self.assertEqual(len(self.mowa.messages(ANNA)), 20)
        self.assertEqual(self.mowa.messages(BERT), [])
        self.assertEqual(self.store.last_errors()[0][0], BERT)
        broken = False
        self.assertLessEqual(self.settle(), self.config.retry_longest)
        self.nothing_lost_or_doubled("one recipient failing at first, 20 rings")

    def test_backoff_of_a_recipient_is_bounded_and_ends_at_the_deadline(self) -> None:
        self.mowa.plan = lambda to: "fail" if to == BERT else "ok"
        self.ring()
        took = self.settle()
        self.assertGreaterEqual(took, self.config.deadline)
        self.assertLess(took, self.config.deadline + self.config.retry_longest + 60)
        self.assertEqual(self.store.figures()["expired"], 1)
        self.assertEqual(self.store.undelivered(), 1)
        attempts = self.mowa.requests - 1
        self.assertLess(attempts, self.config.deadline / self.config.retry_longest + 12)
        self.store.prune(0)
        self.assertEqual(self.store.undelivered(), 1, "pruned before anybody saw it")
        self.assertEqual(self.store.acknowledge(), 1)
        self.assertEqual(self.store.undelivered(), 0)

    def test_answers_that_are_lost_before_anything_was_sent(self) -> None:
        for mode in ("cut-before", "garbage", "strange-results", "not-http"):
            self.again()
            self.mowa.plan = lambda _to, m=mode: m  # type: ignore[misc]
            self.ring(5)
            self.turn(20)
            self.assertEqual(self.mowa.sent, [])
            self.mowa.plan = lambda _to: "ok"
            self.settle()
            self.nothing_lost_or_doubled(f"{mode}, then well, 5 rings")
            self.assertTrue(any(REPEAT in message for message in self.mowa.messages()))

    def test_answers_that_are_lost_after_the_message_went_out(self) -> None:
        for mode in ("cut-after", "half-answer", "sent-500", "sent-garbage"):
            tries = Counter[str]()

            def first_is_lost(to: str, mode: str = mode, tries: Counter[str] = tries) -> str:
                tries[to] += 1
                return mode if tries[to] == 1 else "ok"

            self.again()
            self.mowa.plan = first_is_lost
            self.ring()
            self.settle()
            self.nothing_lost_or_doubled(f"{mode} once")
            for to in (ANNA, BERT):
                first, second = self.mowa.messages(to)
                self.assertEqual(second, first + REPEAT, "a copy that may be a second one says so")

    def test_a_mowa_that_takes_messages_and_never_says_so_is_given_up(self) -> None:
        self.mowa.plan = lambda _to: "cut-after"
        self.change(recipients=(ANNA,))
        self.ring()
        self.settle()
        messages = self.mowa.messages(ANNA)
        self.assertEqual(len(messages), 5)
        self.assertEqual(len(messages), self.config.unknown_attempts)
        self.assertEqual(sum(REPEAT in message for message in messages), len(messages) - 1)
        self.assertEqual(self.store.figures()["unknown"], 1)
        self.assertEqual(self.store.undelivered(), 1)

    def test_a_mowa_that_hangs_costs_no_attempt(self) -> None:
        self.change(recipients=(ANNA,), timeout=0.5)
        self.mowa.plan = lambda _to: "hang"
        self.ring()
        self.turn(12)
        self.assertEqual(self.mowa.requests, 0)
        self.mowa.plan = lambda _to: "ok"
        self.change(timeout=20.0)
        self.settle()
        self.nothing_lost_or_doubled("mowa hangs, then well", (ANNA,))
        self.assertEqual(self.mowa.messages(ANNA), [self.mowa.messages(ANNA)[0].removesuffix(REPEAT)])

    def test_a_slow_mowa_is_waited_for(self) -> None:
        self.mowa.pace = 0.6
        self.change(timeout=1.0)
        self.ring(3)
        self.settle()
        self.nothing_lost_or_doubled("mowa at 60 % of the timeout, 3 rings")

    def test_the_time_mowa_gives_messages_is_a_doubt_too(self) -> None:
        modes = itertools.chain(["timed-out"], itertools.repeat("ok"))
        self.mowa.plan = lambda to: next(modes) if to else "ok"
        self.change(recipients=(ANNA,))
        self.ring()
        self.settle()
        self.assertIn(REPEAT, self.mowa.messages(ANNA)[0])

    def test_chance_decides_what_mowa_does(self) -> None:
        self.change(unknown_attempts=1000, unknown_longest=300.0)
        rng = random.Random(7)
        modes = ["ok", "ok", "ok", "fail", "refuse", "cut-before", "cut-after", "half-answer", "garbage", "sent-500"]
        self.mowa.plan = lambda _to: rng.choice(modes)
        for _ in range(60):
            self.ring(5)
            self.turn(rng.randrange(40))
            if rng.random() < 0.3:
                self.mowa.down()
                self.turn(3)
                self.mowa.up()
            if rng.random() < 0.3:
                self.store.close()
                self.start()
        self.mowa.plan = lambda _to: "ok"
        self.settle()
        self.nothing_lost_or_doubled("300 rings, every trouble by chance, restarts")

    def test_a_group_that_fails_in_part_continues_member_by_member(self) -> None:
        self.mowa.groups = {"family": [ANNA, BERT, CARL]}
        broken = True
        self.mowa.plan = lambda to: "fail" if to == BERT and broken else "ok"
        self.change(recipients=("family",))
        self.ring(3)
        self.turn(20)
        broken = False
        self.settle()
        self.nothing_lost_or_doubled("a group with one member failing, 3 rings", (ANNA, BERT, CARL))

    def test_a_member_who_is_named_twice_hears_it_once(self) -> None:
        self.mowa.groups = {"family": [ANNA, BERT]}
        self.mowa.plan = lambda to: "fail" if to == BERT and self.mowa.requests < 3 else "ok"
        self.change(recipients=("family", BERT))
        self.ring()
        self.settle()
        self.nothing_lost_or_doubled("BERT by group and by number", (ANNA, BERT))

    def test_a_member_who_is_named_twice_hears_it_once_where_nothing_fails(self) -> None:
        self.mowa.groups = {"family": [ANNA, "+32 470 00 00 02"]}
        for to in (("family", BERT), (BERT, "family")):
            self.again()
            self.change(recipients=to)
            self.ring(2)
            self.settle()
            self.mowa.sent = [(who.replace(" ", ""), text) for who, text in self.mowa.sent]
            self.nothing_lost_or_doubled(f"family with BERT, and BERT ({', '.join(map(masked, to))})")
            self.assertEqual(len(self.mowa.messages(BERT)), 2)

    def test_a_member_of_two_groups_hears_the_second_copy_marked_and_the_status_says_so(self) -> None:
        self.mowa.groups = {"family": [ANNA, BERT], "work": [BERT]}
        self.change(recipients=("family", "work"))
        self.ring()
        self.settle()
        self.assertEqual(self.heard(BERT), ["ring 1", "ring 1" + REPEAT])
        self.assertEqual(self.heard(ANNA), ["ring 1"])
        self.ring()
        self.settle()
        self.nothing_lost_or_doubled("BERT in two groups")
        self.assertEqual(self.store.twice(self.config.recipients), [(BERT, ["family", "work"])])

    def test_groups_without_a_common_member_are_not_marked_once_that_is_known(self) -> None:
        self.mowa.groups = {"family": [ANNA], "work": [BERT]}
        self.change(recipients=("family", "work"))
        self.ring()
        self.settle()
        self.ring()
        self.settle()
        self.assertEqual([text for text in self.heard() if text.startswith("ring 2")], ["ring 2"] * 2)
        self.assertEqual(self.store.twice(self.config.recipients), [])

    def test_a_number_after_a_group_in_doubt_is_marked(self) -> None:
        self.mowa.groups = {"family": [ANNA, BERT]}
        modes = itertools.chain(["ok", "cut-after"], itertools.repeat("ok"))
        self.mowa.plan = lambda to: next(modes) if to else "ok"
        self.change(recipients=("family", BERT))
        self.ring()
        self.settle()
        self.nothing_lost_or_doubled("family with BERT in doubt, and BERT")

    def test_a_member_whose_send_timed_out_waits_and_hears_a_marked_copy(self) -> None:
        self.mowa.groups = {"family": [ANNA, BERT]}
        modes = itertools.chain(["ok", "timed-out"], itertools.repeat("ok"))
        self.mowa.plan = lambda to: next(modes) if to else "ok"
        self.change(recipients=("family",))
        self.ring()
        self.turn()
        waited = self.settle()
        self.assertGreaterEqual(waited, self.config.retry_first / 2)
        self.assertEqual(self.heard(BERT), ["ring 1" + REPEAT])
        self.assertEqual(self.heard(ANNA), ["ring 1"])

    def test_a_member_who_fails_plainly_waits_and_is_not_marked(self) -> None:
        self.mowa.groups = {"family": [ANNA, BERT]}
        modes = itertools.chain(["ok", "fail"], itertools.repeat("ok"))
        self.mowa.plan = lambda to: next(modes) if to else "ok"
        self.change(recipients=("family",))
        self.ring()
        self.turn()
        self.assertGreaterEqual(self.settle(), self.config.retry_first / 2)
        self.assertEqual(self.heard(BERT), ["ring 1"])

    def test_rings_without_recipients_wait_for_them(self) -> None:
        self.change(recipients=())
        self.ring(7)
        self.turn(10)
        self.assertEqual(self.store.figures()["rings_waiting"], 7)
        self.change(recipients=(ANNA, BERT))
        self.turn(1)
        self.settle()
        self.nothing_lost_or_doubled("7 rings before anybody was named")

    def test_rings_that_nobody_was_ever_named_for_are_reported(self) -> None:
        self.change(recipients=())
        self.ring(2)
        for _ in range(3000):
            self.turn()
        self.assertEqual(self.store.figures()["rings_waiting"], 0)
        self.assertEqual(self.store.undelivered(), 2)

    def test_who_is_taken_off_the_list_gets_nothing_more(self) -> None:
        self.mowa.down()
        self.ring(2)
        self.turn(3)
        self.change(recipients=(ANNA,))
        self.mowa.up()
        self.settle()
        self.assertEqual((len(self.mowa.messages(ANNA)), self.mowa.messages(BERT)), (2, []))
        self.assertEqual(self.store.figures()["withdrawn"], 2)

    def test_a_fresh_ring_goes_before_the_backlog(self) -> None:
        self.mowa.down()
        self.ring(5)
        self.turn(100)
        self.clock.now += 3600
        self.ring()
        self.mowa.up()
        self.settle()
        order = [int(message.split()[1]) for message in self.mowa.messages()]
        self.assertEqual(order, [6, 6, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5])

    def test_a_repeat_after_a_crash_waits_until_mowa_is_done_and_says_so(self) -> None:
        self.ring()
        self.store.begin(self.store.waiting()[0].id)
        self.store.close()
        self.start()
        self.turn(1)
        self.assertEqual(len(self.mowa.sent), 1)
        self.assertGreaterEqual(self.settle(), SETTLE_AFTER_CRASH - 1)
        self.nothing_lost_or_doubled("the relay died while sending")
        self.assertEqual(sum(REPEAT in message for message in self.mowa.messages(ANNA)), 1)

    def test_a_disk_that_refuses_after_a_success_does_not_double_it(self) -> None:
        self.change(recipients=(ANNA,))
        self.ring()
        end, failures = self.store.end, iter([True, True])

        def refuses(delivery: int, state: str, error: str = "") -> None:
            if next(failures, False):
                raise sqlite3.OperationalError("disk I/O error")
            end(delivery, state, error)

        self.store.end = refuses  # type: ignore[method-assign]
        self.settle()
        self.nothing_lost_or_doubled("the disk refuses twice after a success", (ANNA,))

    def test_logs_and_status_show_no_whole_number(self) -> None:
        self.assertEqual(masked(ANNA), "+32…01")
        self.assertEqual(masked("family"), "family")
        self.mowa.plan = lambda _to: "fail"
        self.ring()
        with self.assertLogs("doorbell") as logs:
            self.turn(5)
        self.assertNotIn(ANNA, "".join(logs.output))

    def test_the_time_is_that_of_the_zone_asked_for(self) -> None:
        self.change(text="{time} {date}", timezone="Asia/Tokyo")
        ring = self.store.add_ring("button", 0.0, 1_700_000_000.0, (ANNA,))
        one = self.store.waiting()[0]._replace(ring=ring, boot="another boot")
        self.assertEqual(self.sender.message(self.config, one), "07:13:20 2023-11-15 on 2023-11-15")

    def test_utc_is_named_where_nobody_asked_for_it_and_there_alone(self) -> None:
        self.addCleanup(time.tzset)
        for system, asked, said in (
            ("Etc/UTC", "system", "22:13:20 UTC"),
            ("Europe/Brussels", "system", "23:13:20"),
            ("Etc/UTC", "Europe/Brussels", "23:13:20"),
            ("Etc/UTC", "UTC", "22:13:20"),
        ):
            self.change(text="{time}", timezone=asked)
            ring = self.store.add_ring("button", 0.0, 1_700_000_000.0, (ANNA,))
            one = self.store.waiting()[0]._replace(ring=ring, boot="another boot")
            with mock.patch.dict(os.environ, TZ=system):
                time.tzset()
                self.assertRegex(self.sender.message(self.config, one), f"^{said} on 2023-11-1[45]$")

    def test_the_text_tells_when_it_rang(self) -> None:
        self.change(text="rang {time} {date}")
        self.ring()
        text = self.sender.message(self.config, self.store.waiting()[0])
        self.assertRegex(text, r"^rang \d\d:\d\d:\d\d( UTC)? 20\d\d-\d\d-\d\d( on 20\d\d-\d\d-\d\d)?$")


if __name__ == "__main__":
    unittest.main()
