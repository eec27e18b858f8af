"""A stand-in for mowa that misbehaves on request: for `doorbell selftest` and for the tests. It sends nothing."""

import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import cast

# What it does with one recipient. In the modes of SENDS the message counts as sent, whatever the client hears.
SENDS = ("ok", "cut-after", "half-answer", "no-answer", "sent-garbage", "sent-500")
Plan = Callable[[str], str]


@dataclass
class FakeMowa:
    """Listens on the loopback interface. `plan` names the mode for each recipient; `pace` is seconds per recipient."""

    plan: Plan = field(default=lambda _recipient: "ok")
    pace: float = 0.0
    groups: dict[str, list[str]] = field(default_factory=dict)
    port: int = 0
    sent: list[tuple[str, str]] = field(default_factory=list)
    requests: int = 0
    probes: int = 0
    overlapping: int = 0
    files: dict[str, str] = field(default_factory=dict)
    _server: ThreadingHTTPServer | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _busy: int = 0

    @property
    def address(self) -> str:
        """What goes into `[mowa] address`."""
        return f"http://127.0.0.1:{self.port}"

    def up(self) -> "FakeMowa":
        """Starts listening; after a `down` on the same port as before."""
        self._server = _Server(("127.0.0.1", self.port), self)
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def down(self) -> None:
        """Refuses connections from now on."""
        if self._server:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    def messages(self, recipient: str | None = None) -> list[str]:
        """The messages that went out, all or one recipient's."""
        with self._lock:
            return [message for to, message in self.sent if recipient in (None, to)]

    def take(self, to: list[str], message: str) -> tuple[str, list[dict[str, object]]]:
        """Handles a request as mowa does: groups resolved, one recipient after the other."""
        names = [name for one in to for name in self.groups.get(one, [one])]
        with self._lock:
            self.requests += 1
            self._busy += 1
            self.overlapping += self._busy > 1
        last, results = "ok", list[dict[str, object]]()
        for name in names:
            last = self.plan(name)
            time.sleep(self.pace)
            if last in SENDS:
                with self._lock:
                    self.sent.append((name, message))
            result: dict[str, object] = {"recipient": name, "success": last in SENDS}
            if last == "fail":
                result["error"] = "AppleScript error: Can’t get buddy"
            elif last == "timed-out":
                result["error"] = "osascript timed out after 7s"
            results.append(result)
        with self._lock:
            self._busy -= 1
        return last, results


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, address: tuple[str, int], fake: FakeMowa) -> None:
        self.fake = fake
        super().__init__(address, _Handler)

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that was killed is no news."""


class _Handler(BaseHTTPRequestHandler):
    wbufsize = 65_536  # One packet for an answer, as mowa sends it, rather than head and body that wait for each other.

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing."""

    def _json(self, status: int, value: object) -> None:
        self._bytes(status, json.dumps(value).encode(), "application/json")

    def _bytes(self, status: int, body: bytes, kind: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self) -> None:
        fake = cast(_Server, self.server).fake
        fake.probes += 1
        if fake.plan("") == "hang":
            time.sleep(3600)
        self._json(200, {"uptime": "up 1 day", "uptimeSeconds": 86400.0, "formatted": "1d"})

    def do_POST(self) -> None:
        fake = cast(_Server, self.server).fake
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.path == "/api/storage":
            fake.files[body["path"]] = body["content"]
            self._json(200, {"success": True, "content": "File saved successfully"})
            return
        if self.path != "/api/messages":
            self._json(404, {"message": "Not Found"})
            return
        if not body.get("to") or not body.get("message"):
            self._json(400, {"error": "At least one recipient is required"})
            return
        mode, results = fake.take(body["to"], body["message"])
        answer = json.dumps({"results": results or None}).encode()
        if mode in ("cut-before", "cut-after"):
            self.close_connection = True
        elif mode == "half-answer":
            head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(answer)}\r\n\r\n"
            self.wfile.write(head.encode() + answer[: len(answer) // 2])
            self.close_connection = True
        elif mode in ("no-answer", "hang"):
            time.sleep(3600)
        elif mode in ("garbage", "sent-garbage"):
            self._bytes(200, b"<html>It works!</html>", "text/html")
        elif mode == "not-http":
            self.wfile.write(b"\x16\x03\x01 nonsense\r\n\r\n")
        elif mode == "strange-results":
            self._json(200, {"results": [{"who": 1}]})
        elif mode == "endless":
            self.wfile.write(b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 200_000)
        elif mode == "sent-500":
            self._json(500, {"message": "Internal Server Error"})
        elif mode == "refuse":
            self._json(400, {"error": "Invalid request format"})
        else:
            self._bytes(200, answer, "application/json")
