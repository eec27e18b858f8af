"""Compares the pretended gpiod module of test_gpio.py with the real one. Apart from the other tests, because it needs
Debian's or Ubuntu's packages python3-libgpiod and gpiod, and that package's own Python."""

import subprocess
import unittest
from pathlib import Path

import gpiod
from doorbell import edges
from doorbell.config import Config
from test_gpio import USED


class Real(unittest.TestCase):
    def test_its_numbers_are_the_pretended_ones(self) -> None:
        for name, value in USED.items():
            self.assertEqual(getattr(gpiod, name), value, name)
        self.assertEqual((gpiod.LineEvent.RISING_EDGE, gpiod.LineEvent.FALLING_EDGE), (1, 2))

    def test_a_chip_that_is_not_there_is_said(self) -> None:
        with self.assertRaisesRegex(edges.NoLine, "no GPIO chip no-such-chip"):
            edges.Line(Config(chip="no-such-chip"), gpiod)

    def test_the_readme_s_gpiomon_is_understood_by_the_real_one(self) -> None:
        readme = (Path(__file__).resolve().parents[3] / "nodes/thuroros/README.md").read_text()
        line = next(line for line in readme.splitlines() if line.startswith("    sudo gpiomon "))
        command = line.split("#")[0].split()[1:]
        done = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)  # noqa: S603
        self.assertEqual(done.stderr, "gpiomon: error waiting for events: No such file or directory\n")
        command[1] = "--bias=pullup"
        wrong = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)  # noqa: S603
        self.assertIn("invalid bias", wrong.stderr)
