"""Tells systemd how the service is: the sd_notify protocol, one datagram to $NOTIFY_SOCKET."""

import os
import socket

TAKEN = 1.0  # Seconds that a message may wait for room in the queue of systemd, which has it at once.


def notify(*lines: str) -> bool:
    """Sends e.g. `READY=1`. False when nobody listens (not started by systemd) or the message was not taken: a systemd
    that is busy has a full queue, and the relay must not wait for it."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address:
        return False
    if address.startswith("@"):
        address = "\0" + address[1:]
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as sock:
            sock.settimeout(TAKEN)
            sock.connect(address)
            sock.sendall("\n".join(lines).encode())
    except OSError:
        return False
    return True


def watchdog_period() -> float | None:
    """Seconds between two signs of life, half of what systemd allows; None when it does not ask for any."""
    usec = os.environ.get("WATCHDOG_USEC", "")
    pid = os.environ.get("WATCHDOG_PID", "")
    if not usec.isdigit() or int(usec) == 0 or (pid and pid != str(os.getpid())):
        return None
    return int(usec) / 2_000_000
