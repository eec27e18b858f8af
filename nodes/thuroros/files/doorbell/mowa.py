"""The client of mowa's API, and above all: what an answer, or its absence, says about whether a message went out."""

import http.client
import json
import socket
import time
from dataclasses import dataclass
from urllib.parse import urlsplit

LARGEST_ANSWER = 65_536  # Bytes; mowa's answer for one recipient has about a hundred.


@dataclass(frozen=True, slots=True)
class Answered:
    """mowa said for each recipient what became of it. (recipient, success, error)."""

    results: list[tuple[str, bool, str]]


@dataclass(frozen=True, slots=True)
class Unreachable:
    """mowa did not get the request: nothing was sent."""

    error: str


@dataclass(frozen=True, slots=True)
class Refused:
    """mowa got the request and turned it down as a whole: nothing was sent."""

    error: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """The request left and no answer that makes sense came: the message may have been sent."""

    error: str


def in_doubt(error: str) -> bool:
    """True for a failure that mowa reports after the time it gives Messages: the message can still go out later.
    mowa's own words are English; macOS says it in the language of the Mac, always with errAETimeout's number."""
    return "timed out" in error or "(-1712)" in error


class Cut(Exception):
    """No complete answer."""


@dataclass(frozen=True, slots=True)
class Mowa:
    """One mowa. `timeout` bounds a whole exchange after the connection stands, in seconds."""

    address: str
    connect_timeout: float
    timeout: float

    def _connect(self) -> http.client.HTTPConnection:
        url = urlsplit(self.address)
        connection = http.client.HTTPConnection(url.hostname or "", url.port or 80, timeout=self.connect_timeout)
        connection.connect()
        connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return connection

    def answer(self, connection: http.client.HTTPConnection, timeout: float) -> tuple[int, bytes]:
        """Status and body. http.client's timeout counts from each byte, so the clock is watched here as well."""
        until = time.monotonic() + timeout
        sock = connection.sock
        sock.settimeout(timeout)
        try:
            answer = connection.getresponse()
            body = b""
            while len(body) <= LARGEST_ANSWER:
                left = until - time.monotonic()
                if left <= 0:
                    raise Cut(f"no complete answer in {timeout:g} s")
                sock.settimeout(left)
                part = answer.read1(4096)
                if not part:
                    break
                body += part
            else:
                raise Cut(f"an answer of more than {LARGEST_ANSWER} bytes")
            expected = answer.getheader("Content-Length")
            if expected is not None and expected.isdigit() and len(body) < int(expected):
                raise Cut(f"the connection was cut after {len(body)} of {expected} bytes")
            return answer.status, body
        except TimeoutError:
            raise Cut(f"no answer in {timeout:g} s") from None
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise Cut(f"the connection broke: {type(error).__name__} {error}".rstrip()) from None

    def probe(self) -> Unreachable | None:
        """Asks mowa for its uptime. None when an HTTP server answers: a message is worth trying."""
        try:
            connection = self._connect()
        except OSError as error:
            return Unreachable(_said(error))
        try:
            connection.request("GET", "/api/uptime", headers={"Connection": "close"})
            self.answer(connection, min(self.timeout, 10.0))
        except (Cut, OSError) as error:
            return Unreachable(f"it accepts connections but does not answer ({error})")
        finally:
            connection.close()
        return None

    def open(self) -> "Exchange | Unreachable":
        """Connects, which sends nothing yet: the caller writes down what it is about to do in between."""
        try:
            return Exchange(self, self._connect())
        except OSError as error:
            return Unreachable(_said(error))

    def save(self, path: str, content: str) -> str:
        """Puts a small file into mowa's shared storage. Empty, or what went wrong."""
        try:
            connection = self._connect()
        except OSError as error:
            return _said(error)
        try:
            body = json.dumps({"path": path, "content": content}).encode()
            headers = {"Content-Type": "application/json", "Connection": "close"}
            connection.request("POST", "/api/storage", body, headers)
            status, answer = self.answer(connection, 10.0)
            told = json.loads(answer)
        except (Cut, OSError) as error:
            return str(error)
        except (ValueError, RecursionError):
            return f"an answer that is not JSON (HTTP {status})"
        finally:
            connection.close()
        if status == 200 and isinstance(told, dict) and told.get("success") is True:
            return ""
        reason = told.get("error") or told.get("message") if isinstance(told, dict) else None
        return f"HTTP {status}: {reason or 'no reason given'}"


@dataclass(frozen=True, slots=True)
class Exchange:
    """A connection to mowa, good for one message."""

    mowa: Mowa
    connection: http.client.HTTPConnection

    def send(self, recipient: str, message: str) -> Answered | Refused | Unknown:
        """One message to one recipient, so that a doubt is never about more than one."""
        body = json.dumps({"to": [recipient], "message": message}).encode()
        headers = {"Content-Type": "application/json", "Connection": "close"}
        try:
            self.connection.request("POST", "/api/messages", body, headers)
            status, answer = self.mowa.answer(self.connection, self.mowa.timeout)
        except OSError as error:
            return Unknown(f"the connection broke while sending: {_said(error)}")
        except Cut as cut:
            return Unknown(str(cut))
        finally:
            self.connection.close()
        return classify(status, answer)


def classify(status: int, body: bytes) -> Answered | Refused | Unknown:
    """What an HTTP answer says. mowa v0.7.0 answers 200 with results, 400 before it has done anything, and 500 only
    when a handler crashed, which can be after the message went out."""
    text = body[:200].decode(errors="replace")
    if status == 503 or 300 <= status < 500:
        return Refused(f"HTTP {status}: {text}")
    if status != 200:
        return Unknown(f"HTTP {status}: {text}")
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        return Unknown(f"an answer that is not JSON: {text!r}")
    if not isinstance(told, dict) or "results" not in told:
        return Unknown(f"an answer without results: {text!r}")
    if not told["results"]:
        return Refused("mowa names no recipient in its answer (an empty group?)")
    results: list[tuple[str, bool, str]] = []
    for one in told["results"] if isinstance(told["results"], list) else [None]:
        who = one.get("recipient") if isinstance(one, dict) else None
        if not isinstance(one, dict) or not isinstance(who, str) or not isinstance(one.get("success"), bool):
            return Unknown(f"results that make no sense: {text!r}")
        results.append((who, one["success"], str(one.get("error") or "")))
    return Answered(results)


def _said(error: OSError) -> str:
    if isinstance(error, TimeoutError):
        return "the connection timed out"
    return error.strerror or str(error) or type(error).__name__
