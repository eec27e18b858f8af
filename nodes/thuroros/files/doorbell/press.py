"""`doorbell ring --line`: presses the service's own line where the kernel simulates it, and waits for the ring."""

import time
from collections.abc import Callable
from pathlib import Path

from doorbell import simulated
from doorbell.config import Config
from doorbell.control import Answer

HELD = 0.3  # Seconds.
PATIENCE = 10.0  # Seconds until the ring must be on disk.


def press_line(config: Config, status: Callable[[], Answer], platform: Path = simulated.PLATFORM) -> tuple[int, str]:
    """(exit code, what to say). 0 also where the line is not simulated: a real button is pressed by a finger."""
    line = simulated.find(platform, config.line)
    if not line:
        return 0, f"line {config.line} is not simulated here, so nothing was pressed"
    if status()["source"]["kind"] != "gpio":
        return 1, f"line {config.line} is simulated, and the relay has not got it: {status()['source']['detail']}"
    before = (status()["last_ring"] or {"ring": 0})["ring"]
    down, up = (line.press, line.release) if config.active == "low" else (line.release, line.press)
    down()
    time.sleep(HELD)
    up()
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        last = status()["last_ring"]
        if last and last["ring"] > before and last["origin"] == "button":
            return 0, f"the line was pressed, and ring {last['ring']} is stored"
        time.sleep(0.1)
    return 1, f"the line was pressed, and no ring came within {PATIENCE:g} s"
