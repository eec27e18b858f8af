"""Where edges come from: the GPIO line, through libgpiod's Python module (python3-libgpiod, version 1.x)."""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

from doorbell.config import Config

log = logging.getLogger("doorbell")
MODEL = Path("/proc/device-tree/model")
CLOCK_APART = 30.0  # Seconds: further apart, the two clocks are not the same one.
RETRY = 10.0  # Seconds between two attempts to get a line that is not there or that another program holds.


class NoLine(Exception):
    """The GPIO line cannot be had; the message says why."""


@dataclass(slots=True)
class Source:
    """What the status says of the button's line."""

    kind: str  # gpio, or none
    detail: str
    expected: bool  # This machine is a Raspberry Pi: without its line the bell is broken.


def on_a_pi() -> bool:
    """True on a Raspberry Pi, false in a VM."""
    try:
        return "Raspberry Pi" in MODEL.read_text(errors="replace")
    except OSError:
        return False


class Line:
    """One requested GPIO line that reports both edges."""

    def __init__(self, config: Config, gpiod: ModuleType) -> None:
        """Raises NoLine."""
        if not hasattr(gpiod, "LINE_REQ_EV_BOTH_EDGES"):
            raise NoLine("the Python module gpiod is not version 1.x (package python3-libgpiod of Ubuntu 22.04)")
        self._rising = int(gpiod.LineEvent.RISING_EDGE)
        try:
            self._chip = gpiod.Chip(config.chip)
        except OSError as error:
            raise NoLine(f"no GPIO chip {config.chip} ({error.strerror or error})") from None
        flags = 0
        if config.active == "low":
            flags |= gpiod.LINE_REQ_FLAG_ACTIVE_LOW
        bias = {"pull-up": "BIAS_PULL_UP", "pull-down": "BIAS_PULL_DOWN", "none": "BIAS_DISABLE"}[config.bias]
        flags |= getattr(gpiod, f"LINE_REQ_FLAG_{bias}")
        try:
            lines = self._chip.num_lines()
            if config.line >= lines:
                raise NoLine(f"GPIO chip {config.chip} has no line {config.line}, only 0 to {lines - 1}")
            self._line = self._chip.get_line(config.line)
            self._line.request(consumer="doorbell", type=gpiod.LINE_REQ_EV_BOTH_EDGES, flags=flags)
        except OSError as error:
            self._chip.close()
            raise NoLine(f"line {config.line} of {config.chip}: {error.strerror or error}") from None
        except NoLine:
            self._chip.close()
            raise

    def active(self) -> bool:
        """True while the button is down (libgpiod turns an active-low line round)."""
        return bool(self._line.get_value())

    def edge(self, timeout: float) -> tuple[bool, float] | None:
        """The next edge: (active, monotonic seconds by the kernel's clock). None after `timeout` seconds."""
        whole = int(timeout)
        if not self._line.event_wait(whole, int((timeout - whole) * 1e9)):
            return None
        event = self._line.event_read()
        # With ACTIVE_LOW libgpiod's kernel side reports the logical edge: rising means that the button went down.
        at, now = event.sec + event.nsec / 1e9, time.monotonic()
        # Kernels before 5.7 stamp events with the wall clock.
        return int(event.type) == self._rising, at if abs(now - at) < CLOCK_APART else now

    def close(self) -> None:
        """Gives the line back."""
        self._line.release()
        self._chip.close()


def _module() -> ModuleType:
    try:
        import gpiod
    except ImportError as error:
        raise NoLine(f"the Python module gpiod is missing (package python3-libgpiod): {error}") from None
    return gpiod  # type: ignore[no-any-return]


def watch(
    config: Config,
    edge: Callable[[bool, float], object],
    source: Source,
    stop: threading.Event,
    beat: Callable[[], None],
    module: Callable[[], ModuleType] = _module,
) -> None:
    """Feeds the line's edges to `edge` until `stop`. A line that cannot be had is asked for again and again."""
    said = ""
    while not stop.is_set():
        beat()
        try:
            line = Line(config, module())
        except NoLine as error:
            source.kind, source.detail = "none", str(error)
            if said != str(error):
                said = str(error)
                log.log(logging.ERROR if source.expected else logging.INFO, "no button: %s", error)
            stop.wait(RETRY)
            continue
        said = ""
        source.kind, source.detail = "gpio", f"line {config.line} of {config.chip}, active {config.active}"
        log.info("button: %s", source.detail)
        try:
            _pump(line, config.settle, edge, stop, beat)
        except OSError as error:
            log.error("the button's line failed, it is opened again: %s", error)
            stop.wait(1.0)
        finally:
            line.close()


def _pump(
    line: Line,
    settle: float,
    edge: Callable[[bool, float], object],
    stop: threading.Event,
    beat: Callable[[], None],
) -> None:
    # Someone may be pressing right now, e.g. while the relay restarts. But until now the line had another bias (a Pi's
    # GPIO 23 is pulled down, which is pressed), and a long wire takes a moment to follow the new one: only a level that
    # stays is a press. An edge meanwhile is in the kernel's queue.
    at = time.monotonic()
    pressed = line.active()
    if pressed:
        stop.wait(min(settle, 1.0))
        pressed = line.active()
    edge(pressed, at)
    while not stop.is_set():
        beat()
        found = line.edge(1.0)
        if found is None:
            # The kernel keeps 16 edges; if a storm of them lost the last one, the level tells. Between the level and
            # now an edge can be queued, and it comes next: the debouncer takes a repeated level as no change.
            edge(line.active(), time.monotonic())
        else:
            edge(*found)
