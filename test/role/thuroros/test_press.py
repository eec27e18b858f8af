"""A press of the service's line where it is simulated. The kernel's gpio-sim is pretended by files."""

import shutil
import tempfile
import unittest
from pathlib import Path
from unittest import mock

from doorbell import press
from doorbell.config import Config
from doorbell.control import Answer


class Press(unittest.TestCase):
    def setUp(self) -> None:
        self.place = Path(tempfile.mkdtemp(prefix="thuroros-"))
        self.addCleanup(shutil.rmtree, self.place)
        self.facts: Answer = {"source": {"kind": "gpio", "detail": ""}, "last_ring": None}
        self.written: list[str] = []

    def simulate(self) -> None:
        for number in (23, 57):
            pull = self.place / f"gpio-sim.0/gpiochip2/sim_gpio{number}/pull"
            pull.parent.mkdir(parents=True)
            pull.write_text("pull-up")

    def press(self, config: Config, *, rings: bool = True) -> tuple[int, str]:
        write = Path.write_text

        def written(path: Path, text: str) -> int:
            self.assertEqual(path.parent.name, "sim_gpio23")
            self.written.append(text)
            if rings and text == "pull-down":
                self.facts["last_ring"] = {"ring": 8, "origin": "button"}
            return write(path, text)

        with mock.patch.object(Path, "write_text", written), mock.patch.object(press, "PATIENCE", 0.3):
            return press.press_line(config, lambda: self.facts, self.place)

    def test_a_press_that_rings(self) -> None:
        self.simulate()
        self.facts["last_ring"] = {"ring": 7, "origin": "simulated"}
        self.assertEqual(self.press(Config()), (0, "the line was pressed, and ring 8 is stored"))
        self.assertEqual(self.written, ["pull-down", "pull-up"])

    def test_a_press_that_does_not_ring_or_a_ring_that_was_no_press(self) -> None:
        self.simulate()
        self.assertEqual(self.press(Config(), rings=False)[0], 1)
        self.facts["last_ring"] = {"ring": 9, "origin": "simulated"}
        self.assertEqual(self.press(Config(), rings=False)[0], 1)

    def test_no_simulated_line_is_nothing_to_press_and_a_line_that_the_relay_has_not_got_is_a_mistake(self) -> None:
        code, said = self.press(Config())
        self.assertEqual((code, self.written), (0, []))
        self.assertIn("not simulated", said)
        self.simulate()
        self.facts["source"] = {"kind": "none", "detail": "no GPIO chip"}
        code, said = self.press(Config())
        self.assertEqual((code, self.written), (1, []))
        self.assertIn("no GPIO chip", said)

    def test_an_active_high_line_is_pressed_the_other_way(self) -> None:
        self.simulate()
        self.press(Config(active="high"), rings=False)
        self.assertEqual(self.written, ["pull-up", "pull-down"])


if __name__ == "__main__":
    unittest.main()
