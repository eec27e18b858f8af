"""Runs the relay's tests: `python3 run.py [name of a test]`. Prints figures, the slowest tests and a closing line."""

import os
import sys
import time
import unittest
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
PROGRAM = HERE.parents[2] / "nodes" / "thuroros" / "files"


class Timed(unittest.TextTestResult):
    """Remembers how long each test took."""

    def startTest(self, test: unittest.TestCase) -> None:  # noqa: N802
        self._begun = time.monotonic()
        super().startTest(test)

    def stopTest(self, test: unittest.TestCase) -> None:  # noqa: N802
        super().stopTest(test)
        TOOK.append((time.monotonic() - self._begun, test.id()))


TOOK: list[tuple[float, str]] = []


def _result(stream: Any, descriptions: bool, verbosity: int) -> Timed:
    return Timed(stream, descriptions, verbosity)


def main(names: list[str]) -> int:
    """0 when at least one test ran and all passed; a skipped one counts as failed."""
    sys.path[:0] = [str(HERE), str(PROGRAM)]
    sys.dont_write_bytecode = True
    os.environ.update(PYTHONPATH=str(PROGRAM), PYTHONDONTWRITEBYTECODE="1")
    loader = unittest.defaultTestLoader
    suite = loader.loadTestsFromNames(names) if names else loader.discover(str(HERE), "test_*.py", str(HERE))
    result = unittest.TextTestRunner(stream=sys.stdout, resultclass=_result, verbosity=0).run(suite)
    for took, name in sorted(TOOK, reverse=True)[:5]:
        print(f"{took:6.2f} s  {name}")
    failed = len(result.failures) + len(result.errors) + len(result.skipped) + len(result.unexpectedSuccesses)
    print(f"{result.testsRun - failed} passed, {failed} failed")
    return 0 if result.testsRun and not failed else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
