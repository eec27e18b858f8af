"""The command `doorbell`."""

import argparse
import json
import logging
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from doorbell import config, control, status

DESCRIPTION = "The doorbell relay: rings become messages through mowa, and none is lost."
EPILOG = "Exit codes of status: 0 ok, 1 needs attention, 2 broken, 3 not running."


class _Journal(logging.Formatter):
    """Lines as the journal wants them: it stamps them itself, and reads their priority from `<3>` in front."""

    def format(self, record: logging.LogRecord) -> str:
        priority = {logging.ERROR: 3, logging.WARNING: 4}.get(record.levelno, 6)
        return "\n".join(f"<{priority}>{line}" for line in super().format(record).splitlines())


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("doorbell", description=DESCRIPTION, epilog=EPILOG)
    run = argparse.ArgumentParser(add_help=False)
    run.add_argument("--run-dir", type=Path, default=config.RUN_DIR, help="where the relay's socket is")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    show = commands.add_parser("status", parents=[run], help="how the bell is", epilog=EPILOG)
    show.add_argument("--json", action="store_true", help="for programs")
    machine = "judge only what this machine is answerable for: not recipients, not mowa (the test of an image)"
    show.add_argument("--machine", action="store_true", help=machine)

    ring = commands.add_parser("ring", parents=[run], help="ring the bell without the button")
    kind = ring.add_mutually_exclusive_group(required=True)
    kind.add_argument("--simulate", action="store_true", help="a press: sends real messages, marked as a test")
    kind.add_argument("--check", action="store_true", help="goes to the disk like a ring, and is sent to nobody")
    kind.add_argument("--line", action="store_true", help="presses the GPIO line where the kernel simulates it")

    commands.add_parser("ack", parents=[run], help="acknowledge the messages that were given up undelivered")
    commands.add_parser("config", help="check the configuration files and show the settings")
    commands.add_parser("selftest", help="a second relay, from a press to a pretended mowa, through a kill -9")

    serve = commands.add_parser("serve", parents=[run], help="run the relay (the service does)")
    serve.add_argument("--config", type=Path, action="append", help="instead of the machine's files; repeatable")
    serve.add_argument("--state-dir", type=Path, default=config.STATE_DIR, help="where the queue is kept")
    return parser


def main(arguments: Sequence[str]) -> int:
    """Runs one command; the exit code."""
    options = _parser().parse_args(arguments)
    try:
        match options.command:
            case "status":
                return _status(options)
            case "ring":
                return _ring(options)
            case "ack":
                return _ack(options)
            case "config":
                return _config()
            case "selftest":
                from doorbell.selftest import selftest

                return selftest()
            case _:
                return _serve(options)
    except control.NotRunning as error:
        print(f"doorbell: {error}", file=sys.stderr)
        return status.DOWN
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def _status(options: argparse.Namespace) -> int:
    facts = control.ask(options.run_dir, "status")
    findings = status.judge(facts)
    code = status.level(findings, options.machine)
    if options.json:
        told = [{"level": status.WORDS[one.level], "machine": one.machine, "text": one.text} for one in findings]
        print(json.dumps({"state": status.WORDS[code], "findings": told, **facts}, indent=2, ensure_ascii=False))
    else:
        print(status.render(facts, findings))
    return code


def _ring(options: argparse.Namespace) -> int:
    if options.line:
        from doorbell.press import press_line

        code, said = press_line(config.load(config.sources()), lambda: control.ask(options.run_dir, "status"))
        print(said, file=sys.stderr if code else sys.stdout)
        return code
    answer = control.ask(options.run_dir, "press" if options.simulate else "check")
    match answer.get("result"):
        case "ring":
            print(f"ring {answer['ring']} is stored" + (", sent to nobody" if options.check else ""))
            return 0
        case "kept":
            print("the ring is kept in memory: the disk refuses it, see `doorbell status`", file=sys.stderr)
        case "quiet":
            print("no ring: the last one was less than the debounce time ago", file=sys.stderr)
        case _:
            print(f"doorbell: {answer.get('error', answer)}", file=sys.stderr)
    return 1


def _ack(options: argparse.Namespace) -> int:
    answer = control.ask(options.run_dir, "ack")
    if "error" in answer:
        print(f"doorbell: {answer['error']}", file=sys.stderr)
        return 1
    print(f"{answer['acknowledged']} undelivered messages acknowledged")
    return 0


def _config() -> int:
    found = config.load(config.sources())
    for section, key in config.READERS:
        value = getattr(found, config.READERS[section, key][0])
        print(f"[{section}] {key} = {'(set)' if key == 'password' and value else value}")
    for problem in found.problems:
        print(f"! {problem}", file=sys.stderr)
    return 1 if found.problems else 0


def _serve(options: argparse.Namespace) -> int:
    from doorbell.relay import Relay

    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        _Journal() if "JOURNAL_STREAM" in os.environ else logging.Formatter("%(levelname)s %(message)s")
    )
    logging.basicConfig(level=logging.INFO, handlers=[handler])
    given: list[Path] | None = options.config
    relay = Relay((lambda: given) if given else config.sources, options.state_dir, options.run_dir)
    return relay.serve()
