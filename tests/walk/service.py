"""Service: a `postroom run` that goes on while a test does things around it; `say`: a command, without a process of its own."""

import gc
import signal
import subprocess
import warnings
from collections.abc import Callable
from pathlib import Path
from threading import Condition, Event, Thread
from types import TracebackType
from typing import Any, Self

import msgspec
from click.testing import CliRunner, Result

from postroom.cli import main
from tests.walk.killing import PATIENCE
from tests.walk.lab import Lab

ENDING = 30.0  # seconds that it may take by its own word


def say(lab: Lab, *args: str, words: str | bytes = "", **environment: str) -> Result:
    """Any command that ends by itself: the same code in a tenth of the time. `words` is its standard input."""
    runner = CliRunner(env=lab.environment(**environment))
    gc.freeze()  # the collection below looks through what this command has made, and not through all modules
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)  # a process would end here, and its connections with it
        said = runner.invoke(main, ["--config", str(lab.folder / "postroom.toml"), *args], input=words)
        gc.collect()
    return said


def do(lab: Lab, *args: str, words: str | bytes = "") -> str:
    """A command that has to succeed; its output."""
    said = say(lab, *args, words=words)
    assert said.exit_code == 0, f"{args}: {said.output}"
    return said.stdout


def once(lab: Lab, **environment: str) -> None:
    """All that is due. What is killed, frozen or watched is a process of its own: `Lab.popen`, `Service`."""
    said = say(lab, "run", "--once", **environment)
    assert said.exit_code == 0, said.output


def refused(lab: Lab, *args: str, words: str | bytes = "") -> str:
    """The one line of a command whose answer is no."""
    said = say(lab, *args, words=words)
    assert (said.exit_code, said.stdout) == (1, ""), f"{args}: {said.output}"
    (line,) = said.stderr.splitlines()
    return line


def rows(lab: Lab, *args: str) -> list[dict[str, Any]]:
    return [msgspec.json.decode(line) for line in do(lab, *args, "--json").splitlines()]


def ticket(lab: Lab, number: int) -> dict[str, Any]:
    (row,) = rows(lab, "ticket", str(number))
    return row


def only_ticket(lab: Lab) -> dict[str, Any]:
    (row,) = rows(lab, "tickets")
    return ticket(lab, row["number"])


class Service:
    """Runs from `with` until its end, or until `stop`."""

    def __init__(self, lab: Lab, *args: str, **environment: str) -> None:
        self.process: subprocess.Popen[str] = lab.popen("run", *args, **environment)
        self.lines: list[str] = []  # of its log
        self._news = Condition()
        self._reader = Thread(target=self._read, daemon=True)
        self._reader.start()

    def __enter__(self) -> Self:
        try:
            self.wait_for("started")
        except AssertionError:
            self.stop(signal.SIGKILL)
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def wait_for(self, *words: str, count: int = 1, seconds: float = PATIENCE) -> list[str]:
        """The lines of the log with all these words, as soon as there are `count`."""
        self.wait_until(lambda: len(self.said(*words)) >= count, seconds, f"{count} x {words}")
        return self.said(*words)

    def wait_until(self, true: Callable[[], bool], seconds: float = PATIENCE, what: str = "") -> None:
        """Looks whenever there is a new line in the log, and four times a second."""
        with self._news:
            for _ in range(int(seconds * 4)):
                if true():
                    return
                if not self._reader.is_alive():
                    break  # it has ended: nothing more will come
                self._news.wait(0.25)
        if true():
            return
        raise AssertionError(f"not within {seconds} s: {what}\n" + "\n".join(self.lines))

    def said(self, *words: str) -> list[str]:
        return [line for line in self.lines if all(word in line for word in words)]

    def stop(self, number: int = signal.SIGTERM) -> int:
        """Its exit status."""
        self.process.send_signal(number)
        status = self.process.wait(ENDING + PATIENCE)
        self._reader.join(PATIENCE)
        for stream in (self.process.stdout, self.process.stderr):
            if stream:
                stream.close()
        return status

    def _read(self) -> None:
        assert self.process.stderr
        for line in self.process.stderr:
            with self._news:
                self.lines.append(line.rstrip("\n"))
                self._news.notify_all()


def children(pid: int) -> set[int]:
    """Every living process below this one."""
    found: set[int] = set()
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            below = {int(child) for child in task.read_text().split()}
        except OSError:  # that thread has just ended
            continue
        found |= below.union(*(children(child) for child in below))
    return found


def left(pids: set[int], seconds: float = PATIENCE) -> set[int]:
    """Those that are still there when the others have ended, or after so long."""
    for _ in range(int(seconds * 20)):
        if not any(_alive(pid) for pid in pids) or Event().wait(0.05):
            break
    return {pid for pid in pids if _alive(pid)}


def _alive(pid: int) -> bool:
    """Whether it runs; one that has ended and was not waited for does not."""
    try:
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return False
