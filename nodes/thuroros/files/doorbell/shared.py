"""Puts a small status file into mowa's shared storage, for whoever wants to read it there. Never in the bell's way."""

import json
import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from doorbell.config import Config
from doorbell.mowa import Mowa

EVERY = 60.0  # Seconds between two writes at most; also between two attempts when mowa is away.
log = logging.getLogger("doorbell")


@dataclass(slots=True)
class Shared:
    """The last ring and the length of the queue, as JSON, whenever they changed."""

    config: Callable[[], Config]
    content: Callable[[], dict[str, object]]
    every: float = EVERY
    state: str = "off"
    wake: threading.Event = field(default_factory=threading.Event)
    _written: str = ""

    def run(self, stop: threading.Event) -> None:
        """Writes until `stop`."""
        while not stop.is_set():
            try:
                self.step()
            except Exception:
                log.exception("a mistake in the shared status; it goes on")
            stop.wait(self.every)

    def step(self) -> None:
        """Writes the file if something changed since the last success."""
        config = self.config()
        if not config.shared:
            self.state, self._written = "off", ""
            return
        text = json.dumps(self.content(), sort_keys=True)
        if text == self._written:
            return
        error = Mowa(config.address, config.connect_timeout, config.timeout).save(config.shared_path, text)
        state = f"not written: {error}" if error else "written"
        if state != self.state:
            log.log(logging.WARNING if error else logging.INFO, "shared status in mowa's storage: %s", state)
        self.state = state
        if not error:
            self._written = text
