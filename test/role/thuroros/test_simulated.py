"""Tests of finding a line of a simulated GPIO chip. The chip itself is there in a virtual machine only."""

import tempfile
import unittest
from pathlib import Path

from doorbell import simulated


class Simulated(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.platform = Path(folder.name)

    def chip(self, lines: int) -> Path:
        chip = self.platform / "gpio-sim.0" / "gpiochip1"
        for number in range(lines):
            (chip / f"sim_gpio{number}").mkdir(parents=True)
            (chip / f"sim_gpio{number}" / "pull").write_text("pull-down")
        (chip / "power").mkdir()
        return chip

    def test_none_where_there_is_no_chip(self) -> None:
        self.assertIsNone(simulated.find(self.platform))

    def test_the_last_line_and_its_wire(self) -> None:
        chip = self.chip(58)
        line = simulated.find(self.platform)
        assert line
        self.assertEqual((line.chip, line.number), ("gpiochip1", 57))
        line.release()
        self.assertEqual((chip / "sim_gpio57" / "pull").read_text(), "pull-up")
        line.press()
        self.assertEqual((chip / "sim_gpio57" / "pull").read_text(), "pull-down")
        self.assertEqual((chip / "sim_gpio23" / "pull").read_text(), "pull-down")
