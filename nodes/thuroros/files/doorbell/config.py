"""The settings of the relay: the image's defaults, then what this machine says. A mistake never silences the bell:
the line with the mistake is reported and the setting keeps the value it had before."""

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from doorbell.ini import Problem, parse

IMAGE_FILE = Path("/etc/doorbell/doorbell.conf")
BOOT_DIR = Path("/etc/doorbell/doorbell.conf.d")  # Written at each boot by a stage of a file in /oem.
MACHINE_FILE = Path("/usr/local/doorbell/local.conf")  # /usr/local is persistent on Kairos.
STATE_DIR = Path("/usr/local/doorbell/queue")
RUN_DIR = Path("/run/doorbell")


@dataclass(frozen=True, slots=True)
class Config:
    """Every setting, with the default it has when no file says anything. Durations are in seconds."""

    chip: str = "pinctrl-bcm2711"  # The label of the Pi 4's header; a gpiochip number differs between kernels.
    line: int = 23
    active: str = "low"
    bias: str = "pull-up"
    debounce: float = 2.0
    settle: float = 0.05
    stuck: float = 60.0
    text: str = "🔔 Someone is at the door ({time})"
    timezone: str = "system"
    address: str = "http://polaris.local:8080"
    connect_timeout: float = 5.0
    # mowa gives up on one recipient after 7 s + 2 s of grace (messages.go, v0.7.0): far above that, a timeout means
    # that mowa is in trouble, not that it is slow.
    timeout: float = 30.0
    recipients: tuple[str, ...] = ()
    retry_first: float = 2.0
    retry_longest: float = 300.0
    deadline: float = 86_400.0
    unknown_longest: float = 3_600.0
    unknown_attempts: int = 5  # At most four marked copies, the last one after an hour and a half.
    mqtt: bool = False
    mqtt_host: str = "homeassistant.local"
    mqtt_port: int = 1883
    mqtt_user: str = ""
    mqtt_password: str = field(default="", repr=False)
    mqtt_discovery: str = "homeassistant"
    shared: bool = False
    shared_path: str = "/thuroros/doorbell.json"
    problems: tuple[Problem, ...] = ()


class Wrong(ValueError):
    """A value that does not fit; the message says what was expected."""


def _duration(text: str) -> float:
    found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*(ms|s|min|h)", text)
    if not found:
        raise Wrong("expected a duration like 50ms, 2s, 5min or 24h")
    value = float(found[1]) * {"ms": 0.001, "s": 1.0, "min": 60.0, "h": 3600.0}[found[2]]
    if not 0 < value <= 31 * 86_400:
        raise Wrong("expected a duration over 0 and up to 744h")
    return value


def _whole(low: int, high: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        if not re.fullmatch(r"\d{1,9}", text) or not low <= int(text) <= high:
            raise Wrong(f"expected a whole number from {low} to {high}")
        return int(text)

    return read


def _one_of(*allowed: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        if text not in allowed:
            raise Wrong(f"expected {' or '.join(allowed)}")
        return text

    return read


def _switch(text: str) -> bool:
    return _one_of("yes", "no")(text) == "yes"


def _matching(pattern: str, expected: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        if not re.fullmatch(pattern, text):
            raise Wrong(f"expected {expected}")
        return text

    return read


def _address(text: str) -> str:
    expected = "expected an address like http://polaris.local:8080, without a path"
    try:
        url = urlsplit(text)
        port = url.port
    except ValueError:
        raise Wrong(expected) from None
    bare = url.path in ("", "/") and not (url.query or url.fragment or url.username)
    if url.scheme != "http" or not url.hostname or port == 0 or not bare:
        raise Wrong(expected)
    return text.rstrip("/")


def _message(text: str) -> str:
    if "\\" in text:
        raise Wrong("expected a text without backslashes: mowa puts it into an AppleScript and escapes quotes only")
    if not text:
        raise Wrong("expected a text")
    left = re.sub(r"\{(time|date|ring)\}", "", text)
    if "{" in left or "}" in left:
        raise Wrong("expected a text in which only {time}, {date} and {ring} stand in braces")
    return text


def _timezone(text: str) -> str:
    if text != "system":
        try:
            ZoneInfo(text)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise Wrong("expected system or a zone like Europe/Brussels") from None
    return text


def recipient(text: str) -> str:
    """A recipient as mowa takes it, without spaces. Raises Wrong."""
    plain = text.replace(" ", "")
    if re.fullmatch(r"\+\d{10,15}", plain):
        return plain
    if re.fullmatch(r"[A-Za-z][A-Za-z0-9_.-]{0,62}", text):
        return text
    raise Wrong("expected phone numbers like +32470000000 (10 to 15 digits), or names of mowa's groups")


def _recipients(text: str) -> tuple[str, ...]:
    found = [part.strip() for part in text.split(",")]
    return tuple(dict.fromkeys(recipient(part) for part in found if part))


_PLAIN = _matching(r"[^\s#]{1,253}", "one word")
READERS: dict[tuple[str, str], tuple[str, Callable[[str], object]]] = {
    ("button", "chip"): ("chip", _matching(r"[A-Za-z0-9/_.:-]{1,64}", "the label, name or path of a GPIO chip")),
    ("button", "line"): ("line", _whole(0, 511)),
    ("button", "active"): ("active", _one_of("low", "high")),
    ("button", "bias"): ("bias", _one_of("pull-up", "pull-down", "none")),
    ("button", "debounce"): ("debounce", _duration),
    ("button", "settle"): ("settle", _duration),
    ("button", "stuck"): ("stuck", _duration),
    ("message", "text"): ("text", _message),
    ("message", "timezone"): ("timezone", _timezone),
    ("mowa", "address"): ("address", _address),
    ("mowa", "connect_timeout"): ("connect_timeout", _duration),
    ("mowa", "timeout"): ("timeout", _duration),
    ("recipients", "to"): ("recipients", _recipients),
    ("retry", "first"): ("retry_first", _duration),
    ("retry", "longest"): ("retry_longest", _duration),
    ("retry", "deadline"): ("deadline", _duration),
    ("retry", "unknown_longest"): ("unknown_longest", _duration),
    ("retry", "unknown_attempts"): ("unknown_attempts", _whole(1, 1000)),
    ("mqtt", "enabled"): ("mqtt", _switch),
    ("mqtt", "host"): ("mqtt_host", _PLAIN),
    ("mqtt", "port"): ("mqtt_port", _whole(1, 65535)),
    ("mqtt", "user"): ("mqtt_user", _PLAIN),
    ("mqtt", "password"): ("mqtt_password", _matching(r".{1,256}", "up to 256 characters")),
    ("mqtt", "discovery"): ("mqtt_discovery", _matching(r"[^\s#+]{1,64}", "a topic prefix like homeassistant")),
    ("storage", "enabled"): ("shared", _switch),
    ("storage", "path"): (
        "shared_path",
        _matching(r"/(?!.*\.\.)[A-Za-z0-9_./-]{1,200}", "a path like /thuroros/doorbell.json, without .."),
    ),
}


def sources() -> list[Path]:
    """The files that count on a machine, the later ones overriding the earlier ones."""
    return [IMAGE_FILE, *sorted(BOOT_DIR.glob("*.conf")), MACHINE_FILE]


def load(files: Sequence[Path]) -> Config:
    """Reads the files in order. A file that is absent says nothing; every mistake ends in `problems`."""
    values: dict[str, object] = {}
    problems: list[Problem] = []
    for file in files:
        try:
            text = file.read_text(encoding="utf-8")
        except FileNotFoundError:
            continue
        except (OSError, UnicodeDecodeError) as error:
            problems.append(Problem(str(file), f"cannot be read: {error}"))
            continue
        settings, mistakes = parse(text, str(file))
        problems += mistakes
        for setting in settings:
            known = READERS.get((setting.section, setting.key))
            if known is None:
                keys = [key for section, key in READERS if section == setting.section]
                hint = f"expected one of {', '.join(keys)}" if keys else f"[{setting.section}] is not a section"
                problems.append(Problem(setting.place, f"found {setting.key!r}, {hint}"))
                continue
            try:
                values[known[0]] = known[1](setting.value)
            except Wrong as wrong:
                shown = "a value" if setting.key == "password" else repr(setting.value)
                problems.append(Problem(setting.place, f"{setting.key}: found {shown}, {wrong}"))
    config = replace(Config(), **values)  # type: ignore[arg-type]
    if config.timeout < 10 and not _is_local(config.address):
        place = "[mowa] timeout"
        problems.append(Problem(place, f"{config.timeout:g} s is under the 9 s that mowa may take for one recipient"))
    return replace(config, problems=tuple(problems))


def _is_local(address: str) -> bool:
    return urlsplit(address).hostname in ("127.0.0.1", "localhost", "::1")


def backoff(attempt: int, first: float, longest: float, random: float, growth: float = 2) -> float:
    """Seconds to wait after the `attempt`-th failure: `growth` times the one before, bounded, with the upper half left
    to chance (`random` from 0 to 1) so that several waiting rings do not all come back at one moment."""
    full = first * math.pow(growth, min(max(attempt, 1) - 1, 30))
    return min(full, longest) * (0.5 + random / 2)
