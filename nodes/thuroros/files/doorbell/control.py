"""The relay's Unix socket: one JSON line in, one JSON line out. Anyone may ask for the status; only root and the
relay's own user may press."""

import json
import logging
import os
import socket
import struct
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

SOCKET = "control.sock"
Answer = dict[str, Any]
log = logging.getLogger("doorbell")


class NotRunning(Exception):
    """Nobody listens on the socket; the message says where."""


def serve(path: Path, handle: Callable[[str, bool], Answer], stop: threading.Event, beat: Callable[[], None]) -> None:
    """Answers commands until `stop`. `handle` gets the command and whether the caller may press the button."""
    path.unlink(missing_ok=True)
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as server:
        server.bind(str(path))
        path.chmod(0o666)  # Who is allowed to do what is decided by the peer's user, below.
        server.listen(16)
        server.settimeout(1.0)
        while not stop.is_set():
            beat()
            try:
                client, _ = server.accept()
            except TimeoutError:
                continue
            with client:
                client.settimeout(2.0)
                with suppress(OSError):
                    _answer(client, handle)
    path.unlink(missing_ok=True)


def _answer(client: socket.socket, handle: Callable[[str, bool], Answer]) -> None:
    _, uid, _ = struct.unpack("3i", client.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i")))
    line = b""
    while not line.endswith(b"\n"):
        part = client.recv(256)
        if not part or len(line) > 256:
            return
        line += part
    try:
        answer = handle(line.decode(errors="replace").strip(), uid in (0, os.getuid()))
    except Exception as error:
        log.exception("a mistake while answering a command")
        answer = {"error": f"{type(error).__name__}: {error}"}
    client.sendall(json.dumps(answer).encode() + b"\n")


def ask(directory: Path, command: str, timeout: float = 15.0) -> Answer:
    """Asks the running relay. Raises NotRunning."""
    path = directory / SOCKET
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as client:
            client.settimeout(timeout)
            client.connect(str(path))
            client.sendall(command.encode() + b"\n")
            answer = b""
            while part := client.recv(65_536):
                answer += part
        told = json.loads(answer)
    except (OSError, ValueError) as error:
        raise NotRunning(f"the relay does not answer on {path}: {error}") from None
    if not isinstance(told, dict):
        raise NotRunning(f"the relay gave an answer that is no object on {path}")
    return told
