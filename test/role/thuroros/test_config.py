"""The configuration files: what they mean, and what a mistake in one of them does."""

import re
import tempfile
import unittest
from pathlib import Path

from doorbell import config
from doorbell.ini import parse

IMAGE = Path(__file__).parents[3] / "nodes/thuroros/files/doorbell.conf"


def load(*texts: str) -> config.Config:
    with tempfile.TemporaryDirectory() as name:
        files = []
        for number, text in enumerate(texts):
            files.append(Path(name, f"{number}.conf"))
            files[-1].write_text(text)
        return config.load(files)


class Files(unittest.TestCase):
    def test_the_image_s_file_says_what_the_program_s_defaults_say(self) -> None:
        self.assertEqual(config.load([IMAGE]), config.Config())

    def test_the_image_s_file_has_every_setting_and_no_other_and_says_no_secret(self) -> None:
        text = IMAGE.read_text()
        commented = re.sub(r"^# (\w+ = )", r"\1", text, flags=re.MULTILINE)
        named = [{(one.section, one.key) for one in parse(which, str(IMAGE))[0]} for which in (text, commented)]
        self.assertEqual(named[1], set(config.READERS))
        self.assertEqual(named[1] - named[0], {("recipients", "to"), ("mqtt", "user"), ("mqtt", "password")})

    def test_the_image_names_no_recipient(self) -> None:
        self.assertEqual(config.load([IMAGE]).recipients, ())

    def test_the_machine_overrides_the_image(self) -> None:
        found = load(IMAGE.read_text(), "[mowa]\naddress = http://10.0.0.5:8080/\n[recipients]\nto = +32 470 00 00 01")
        self.assertEqual(found.address, "http://10.0.0.5:8080")
        self.assertEqual(found.recipients, ("+32470000001",))
        self.assertEqual(found.problems, ())

    def test_one_recipient_written_twice_is_one(self) -> None:
        self.assertEqual(
            load("[recipients]\nto = +32470000001, +32 470 000 001, family").recipients, ("+32470000001", "family")
        )

    def test_files_that_are_absent_say_nothing(self) -> None:
        self.assertEqual(config.load([Path("/nowhere/x.conf")]), config.Config())

    def test_every_mistake_is_named_with_its_line_and_silences_nothing(self) -> None:
        text = "line = 3\n[button]\nline = 600\nlien = 4\nactive\n[nope]\na = b\n[\n[recipients]\nto = 0470\n"
        found = load("[recipients]\nto = +32470000001", text)
        places = [problem.place.rpartition("/")[2] for problem in found.problems]
        self.assertEqual(places, ["1.conf:1", "1.conf:5", "1.conf:8", "1.conf:3", "1.conf:4", "1.conf:7", "1.conf:10"])
        self.assertEqual(found.recipients, ("+32470000001",))
        self.assertEqual(found.line, 23)

    def test_values_that_do_not_fit(self) -> None:
        bad = {
            "button": [
                "line = -1",
                "line = 1.5",
                "active = yes",
                "bias = up",
                "debounce = 2",
                "debounce = 0s",
                "chip =",
            ],
            "mowa": [
                "address = polaris.local",
                "address = https://x",
                "address = http://x:99999",
                "address = http://x/a",
            ],
            "message": [
                "text = a\\b",
                "text =",
                "text = {name}",
                "text = {time",
                "text = {time!r}",
                "timezone = Mars/Phobos",
            ],
            "recipients": ["to = anna@example.org", "to = +123", "to = 04700000000", 'to = a"b'],
            "retry": ["deadline = 1000h", "unknown_attempts = 0", "first = 5 days"],
            "mqtt": ["enabled = true", "port = 0", "host = a b"],
            "storage": ["path = x", "path = /../x", "enabled = 1"],
        }
        for section, lines in bad.items():
            for line in lines:
                found = load(f"[{section}]\n{line}\n")
                self.assertEqual(len(found.problems), 1, line)
                self.assertIn("expected", str(found.problems[0]), line)

    def test_bytes_that_are_no_text_are_a_problem_not_a_crash(self) -> None:
        with tempfile.TemporaryDirectory() as name:
            file = Path(name, "x.conf")
            file.write_bytes(b"\xff\xfe[mowa]\0")
            self.assertIn("cannot be read", str(config.load([file]).problems[0]))
            self.assertEqual(len(config.load([Path(name)]).problems), 1)

    def test_a_timeout_under_mowa_s_own_is_pointed_out(self) -> None:
        self.assertIn("9 s", str(load("[mowa]\ntimeout = 5s").problems[0]))

    def test_a_password_is_in_no_message(self) -> None:
        found = load("[mqtt]\npassword = " + "secret" * 60)
        self.assertNotIn("secret", str(found.problems))
        self.assertNotIn("hush", repr(load("[mqtt]\npassword = hush")))

    def test_backoff_doubles_and_is_bounded(self) -> None:
        self.assertEqual([config.backoff(n, 2, 300, 1.0) for n in (1, 2, 3, 9, 500)], [2, 4, 8, 300, 300])
        self.assertEqual(config.backoff(1, 2, 300, 0.0), 1)

    def test_doubtful_attempts_are_few_and_reach_far(self) -> None:
        most = config.Config()
        waits = [
            config.backoff(n, most.retry_first, most.unknown_longest, 1.0, growth=30)
            for n in range(1, most.unknown_attempts)
        ]
        self.assertEqual(waits, [2, 60, 1800, 3600])


if __name__ == "__main__":
    unittest.main()
