"""A line of a simulated GPIO chip (the kernel's gpio-sim), as a virtual machine has it in place of a Raspberry Pi's."""

import re
from dataclasses import dataclass
from pathlib import Path

PLATFORM = Path("/sys/devices/platform")


@dataclass(frozen=True, slots=True)
class SimulatedLine:
    """A line of a simulated chip."""

    chip: str  # Its name, gpiochip1.
    number: int
    pull: Path  # What stands in for the wire: pull-up, or pull-down as if it were connected to ground.

    def press(self) -> None:
        """Connects the line to ground."""
        self.pull.write_text("pull-down")

    def release(self) -> None:
        """Leaves the line to its pull-up."""
        self.pull.write_text("pull-up")


def find(platform: Path = PLATFORM, wanted: int | None = None) -> SimulatedLine | None:
    """The line with the number `wanted`, or the last one, which nothing else is wired to. None where there is no such
    chip, as on a Raspberry Pi."""
    lines = [
        SimulatedLine(pull.parent.parent.name, int(number[1]), pull)
        for pull in platform.glob("gpio-sim.*/gpiochip*/sim_gpio*/pull")
        if (number := re.fullmatch(r"sim_gpio(\d+)", pull.parent.name)) and wanted in (None, int(number[1]))
    ]
    return max(lines, key=lambda line: line.number, default=None)
