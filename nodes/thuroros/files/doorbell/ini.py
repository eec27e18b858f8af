"""Reads `[section]` and `key = value` lines and keeps the line number of each, so that a mistake can be pointed at."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Setting:
    """One `key = value` line."""

    section: str
    key: str
    value: str
    place: str  # file:line


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake in a configuration file."""

    place: str
    message: str

    def __str__(self) -> str:
        return f"{self.place}: {self.message}"


def parse(text: str, name: str) -> tuple[list[Setting], list[Problem]]:
    """Every setting of a file, and every line that is none."""
    settings: list[Setting] = []
    problems: list[Problem] = []
    section = ""
    for number, raw in enumerate(text.splitlines(), start=1):
        line = raw.strip()
        place = f"{name}:{number}"
        if not line or line[0] in "#;":
            continue
        if line.startswith("["):
            if line.endswith("]") and line[1:-1].strip():
                section = line[1:-1].strip()
            else:
                problems.append(Problem(place, f"found {line!r}, expected [section]"))
                section = ""
            continue
        key, equals, value = line.partition("=")
        if not equals or not key.strip():
            problems.append(Problem(place, f"found {line!r}, expected key = value"))
        elif not section:
            problems.append(Problem(place, f"{key.strip()!r} stands before any [section]"))
        else:
            settings.append(Setting(section, key.strip(), value.strip(), place))
    return settings, problems
