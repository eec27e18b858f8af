"""How the bell is: facts gathered by the relay, judged and shown here. Pure, but for the mount table."""

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Facts = dict[str, Any]
MEMORY_FILESYSTEMS = ("tmpfs", "ramfs", "overlay")
OK, ATTENTION, BROKEN, DOWN = range(4)
WORDS = ("ok", "needs attention", "broken", "not running")
BACKLOG = 120.0  # Seconds a ring may wait before the status calls for attention.


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is not as it should be."""

    level: int
    machine: bool  # The image or this machine is answerable for it, not the administrator or mowa.
    text: str


def filesystem(path: Path, mounts: str) -> str:
    """The type of the file system that holds `path`, by the text of /proc/self/mountinfo."""
    best, kind = "", "unknown"
    for line in mounts.splitlines():
        left, dash, right = line.partition(" - ")
        fields = left.split()
        if not dash or len(fields) < 5:
            continue
        point = fields[4].encode().decode("unicode_escape")
        inside = str(path) == point or str(path).startswith(point.rstrip("/") + "/")
        if inside and len(point) >= len(best):
            best, kind = point, right.split()[0]
    return kind


def judge(facts: Facts) -> list[Finding]:
    """What is wrong, worst first."""
    found: list[Finding] = []
    source, storage, queue, mowa = facts["source"], facts["storage"], facts["queue"], facts["mowa"]
    if source["kind"] != "gpio" and source["expected"]:
        found.append(Finding(BROKEN, True, f"the button is not connected: {source['detail']}"))
    if source["stuck_s"]:
        held = f"the button has been down for {source['stuck_s']:.0f} s: stuck, or its wire has a short circuit"
        found.append(Finding(ATTENTION, False, held))
    if storage["pending"]:
        found.append(Finding(BROKEN, True, f"{storage['pending']} rings could not be stored yet: {storage['note']}"))
    elif not storage["durable"]:
        found.append(Finding(BROKEN, True, storage["note"]))
    elif storage["note"]:
        found.append(Finding(ATTENTION, False, storage["note"]))
    if storage["durable"] and not storage["persistent"]:
        where = f"{storage['path']} is on {storage['filesystem']}: a reboot loses what waits there"
        found.append(Finding(ATTENTION, False, where))
    for problem in facts["config_problems"]:
        found.append(Finding(ATTENTION, False, f"{problem} (the setting keeps its former value)"))
    if not facts["recipients"]:
        text = "nobody is named in [recipients] of /usr/local/doorbell/local.conf: rings are kept and wait"
        found.append(Finding(ATTENTION, False, text))
    for who, teams in facts["twice"]:
        text = f"{who} is in the groups {' and '.join(teams)}: a ring comes once for each, marked as a possible repeat"
        found.append(Finding(ATTENTION, False, text))
    if mowa["reachable"] is False and queue["rings_waiting"]:
        found.append(Finding(ATTENTION, False, f"mowa at {mowa['address']} cannot be reached: {mowa['error']}"))
    if facts["recipients"] and queue["oldest_wait_s"] > BACKLOG:
        text = f"{queue['rings_waiting']:.0f} rings wait, the oldest for {queue['oldest_wait_s']:.0f} s"
        found.append(Finding(ATTENTION, False, text))
    for one in facts["failing"]:
        text = f"{one['recipient']}: {one['error']} (after {one['attempts']} attempts, it goes on)"
        found.append(Finding(ATTENTION, False, text))
    if queue["undelivered"]:
        text = f"{queue['undelivered']:.0f} messages were given up undelivered; `doorbell ack` when you have seen this"
        found.append(Finding(ATTENTION, False, text))
    return sorted(found, key=lambda one: -one.level)


def level(findings: list[Finding], machine: bool) -> int:
    """The exit code: 0 ok, 1 needs attention, 2 broken. `machine` counts only what the machine is answerable for."""
    return max((one.level for one in findings if one.machine or not machine), default=OK)


def render(facts: Facts, findings: list[Finding]) -> str:
    """The status for people."""
    queue, mowa, source, storage = facts["queue"], facts["mowa"], facts["source"], facts["storage"]
    last = facts["last_ring"]
    answers = {True: "answers", False: "cannot be reached", None: "not asked yet"}[mowa["reachable"]]
    given_up = queue["expired"] + queue["unknown"]
    rows = [
        ("bell", WORDS[level(findings, False)]),
        ("button", source["detail"] if source["kind"] == "gpio" else f"simulated rings only ({source['detail']})"),
        ("last ring", f"{last['at']} (ring {last['ring']}, {last['origin']})" if last else "none yet"),
        ("queue", f"{queue['rings_waiting']:.0f} rings wait, {queue['waiting'] + queue['sending']:.0f} messages"),
        ("messages", f"{queue['sent']:.0f} sent, {given_up:.0f} given up, of {queue['rings']:.0f} rings remembered"),
        ("recipients", f"{len(facts['recipients'])}: {', '.join(facts['recipients'])}".removesuffix(": ")),
        ("mowa", f"{mowa['address']} {answers}{': ' if mowa['error'] else ''}{mowa['error']}"),
        ("storage", f"{storage['path']} on {storage['filesystem']}"),
        ("mqtt", facts["mqtt"]),
        ("shared", facts["shared"]),
        ("up", f"{facts['up_s']:.0f} s"),
    ]
    lines = [f"{name:<11}{value}" for name, value in rows]
    return "\n".join(lines + [f"{'! ' if one.level == ATTENTION else '!! '}{one.text}" for one in findings])


def stamp(wall: float) -> str:
    """A moment as people and Home Assistant read it: ISO 8601 with the offset."""
    return time.strftime("%Y-%m-%dT%H:%M:%S%z", time.localtime(wall))
