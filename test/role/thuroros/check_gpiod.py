"""Compares the pretended gpiod module of test_gpio.py with the real one. Apart from the other tests, because it needs
Debian's or Ubuntu's package python3-libgpiod and that package's own Python."""

import unittest

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
