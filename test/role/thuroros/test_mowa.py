"""What each answer of mowa, and each lack of one, says about the message."""

import socket
import threading
import time
import unittest

from doorbell.fakemowa import FakeMowa
from doorbell.mowa import Answered, Mowa, Refused, Unknown, Unreachable, classify, in_doubt

TO = "+32470000001"


def send(mowa: Mowa, to: str = TO) -> object:
    exchange = mowa.open()
    return exchange if isinstance(exchange, Unreachable) else exchange.send(to, "hello")


class Answers(unittest.TestCase):
    def setUp(self) -> None:
        self.mode = "ok"
        self.fake = FakeMowa(plan=lambda _to: self.mode, groups={"family": [TO, "+32470000002"], "empty": []}).up()
        self.addCleanup(self.fake.down)
        self.mowa = Mowa(self.fake.address, 0.5, 0.5)

    def test_success_and_failure_of_one_recipient(self) -> None:
        self.assertEqual(send(self.mowa), Answered([(TO, True, "")]))
        self.mode = "fail"
        outcome = send(self.mowa)
        assert isinstance(outcome, Answered)
        self.assertEqual(outcome.results[0][:2], (TO, False))

    def test_a_group_answers_for_each_member(self) -> None:
        outcome = send(self.mowa, "family")
        assert isinstance(outcome, Answered)
        self.assertEqual(len(outcome.results), 2)
        self.assertIsInstance(send(self.mowa, "empty"), Refused)

    def test_a_doubt_is_called_a_doubt(self) -> None:
        doubts = ["cut-before", "cut-after", "half-answer", "no-answer", "garbage", "not-http", "strange-results"]
        for self.mode in [*doubts, "endless", "sent-500"]:
            self.assertIsInstance(send(self.mowa), Unknown, self.mode)

    def test_a_time_that_ran_out_on_the_mac_is_a_doubt_in_every_language(self) -> None:
        """errAETimeout, -1712, is the only part of the sentence that macOS does not translate."""
        for error in (
            "osascript timed out after 7s",
            "AppleScript error: 88:120: execution error: Messages got an error: AppleEvent timed out. (-1712)",
            "AppleScript error: 88:120: execution error: (something in French) (-1712)",
        ):
            self.assertTrue(in_doubt(error), error)
        self.assertFalse(in_doubt("AppleScript error: execution error: (something in French) (-1728)"))

    def test_a_refusal_is_none(self) -> None:
        self.mode = "refuse"
        self.assertIsInstance(send(self.mowa), Refused)

    def test_nobody_there(self) -> None:
        self.fake.down()
        self.assertEqual(send(self.mowa), Unreachable("Connection refused"))
        self.assertIsInstance(self.mowa.probe(), Unreachable)
        self.assertIsInstance(send(Mowa("http://does-not-exist.invalid:8080", 0.5, 0.5)), Unreachable)

    def test_a_hung_mowa_is_noticed_before_a_message_is_risked(self) -> None:
        self.assertIsNone(self.mowa.probe())
        self.mode = "hang"
        gone = self.mowa.probe()
        assert gone is not None
        self.assertIn("does not answer", gone.error)

    def test_an_answer_that_drips_is_bounded_by_the_clock(self) -> None:
        server = socket.create_server(("127.0.0.1", 0))

        def drip() -> None:
            client, _ = server.accept()
            with client:
                client.recv(4096)
                client.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
                for _ in range(40):
                    time.sleep(0.1)
                    try:
                        client.sendall(b" ")
                    except OSError:
                        return

        threading.Thread(target=drip, daemon=True).start()
        begun = time.monotonic()
        outcome = send(Mowa(f"http://127.0.0.1:{server.getsockname()[1]}", 0.5, 0.5))
        self.assertIsInstance(outcome, Unknown)
        self.assertLess(time.monotonic() - begun, 1.5)
        server.close()

    def test_bodies_of_every_shape_end_in_an_outcome(self) -> None:
        bodies = [
            b"",
            b"null",
            b"[]",
            b"{}",
            b'{"results":null}',
            b'{"results":{}}',
            b'{"results":[]}',
            b'{"results":7}',
        ]
        bodies += [b'{"results":[null]}', b'{"results":[{"recipient":1,"success":true}]}', b"\xff\xfe", b"[" * 5000]
        for status in (200, 201, 204, 302, 400, 404, 500, 502, 503):
            for body in bodies:
                self.assertNotIsInstance(classify(status, body), Answered, (status, body[:40]))


if __name__ == "__main__":
    unittest.main()
