"""Nursery: processes of postroom that are forked from one that has read its libraries, and not started from nothing.

Half of what a process costs that lives for seconds is the reading of modules. What a nursery starts is a process like any
other: its own memory, streams, folder, environment and signals, and a child of this one; but /proc shows the command line
and environment of the nursery, and the memory that both share counts half. What is measured, installed, or looked at from
outside is started by `subprocess.Popen`. Linux alone.
"""

import ctypes
import json
import os
import runpy
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib import import_module, reload
from itertools import count
from pathlib import Path
from threading import Lock
from types import TracebackType
from typing import Any, NoReturn, Self

from store import failpoint

_SUBREAPER = 36  # PR_SET_CHILD_SUBREAPER of prctl(2)
_MOST = 1 << 20  # octets of an order
_READ = ("postroom.commands.run", "postroom.arguments.service")  # what nearly all processes of walks need


class Nursery:
    """From `with` to its end."""

    def __enter__(self) -> Self:
        self._orders = count()
        self._line, far = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        command = [sys.executable, "-m", __name__, str(far.fileno())]
        # Pipes, since what writes to one is set up when an interpreter starts.
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        self._process = subprocess.Popen(command, pass_fds=[far.fileno()], **pipes)
        self._lock = Lock()
        far.close()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._line.close()
        self._process.communicate()

    def popen(self, args: Sequence[str], **how: Any) -> "subprocess.Popen[str]":
        """As `subprocess.Popen` with cwd, env, and pipes for what it says; `args`: `python -m postroom` and what follows."""
        return _Forked(self.ordered, args, **how)

    def ordered(self, args: Sequence[str], cwd: Path, env: Mapping[str, str], out: int, err: int) -> int:
        """Its process id."""
        number = next(self._orders)
        order = json.dumps({"number": number, "args": args[3:], "cwd": str(cwd), "env": env}).encode()
        with self._lock, _taking_in():
            socket.send_fds(self._line, [order], [0, out, err])
            while answer := self._line.recv(_MOST):
                of, pid = answer.split()
                if int(of) == number:  # not of one that was interrupted
                    return int(pid)
        raise ChildProcessError("the nursery has ended")


@contextmanager
def _taking_in() -> Iterator[None]:
    """Inside, orphans become children of this process; no longer, or whatever a kill leaves behind would."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_SUBREAPER, 1, 0, 0, 0):
        raise OSError(ctypes.get_errno(), "prctl")
    try:
        yield
    finally:
        libc.prctl(_SUBREAPER, 0, 0, 0, 0)


class _Forked(subprocess.Popen[str]):
    """Its parent is this process: an orphan becomes a child of the nearest process above it that takes them in (prctl)."""

    def __init__(self, ordered: Callable[..., int], args: Sequence[str], **how: Any) -> None:
        self._ordered = ordered
        super().__init__(args, **how)

    def _execute_child(self, args: Sequence[str], *how: Any) -> None:
        # As subprocess hands them over: executable, preexec_fn, close_fds, pass_fds, cwd, env, startupinfo, creationflags,
        # shell, then both ends of three pipes.
        cwd, env, (_, _, _, out, _, err) = how[4], how[5], how[9:15]
        self.pid = self._ordered(args, cwd, env, out, err)
        self._child_created = True
        os.close(out)
        os.close(err)


def serve(line: socket.socket) -> None:
    """Until the other end is closed. In a process that was ordered it does what that is to do, and raises SystemExit."""
    for module in _READ:
        import_module(module)
    while True:
        order, ends, _, _ = socket.recv_fds(line, _MOST, 3)
        if not order:
            return
        read, write = os.pipe()
        if not (middle := os.fork()):
            # Once more: the end of this one makes an orphan of it.
            if child := os.fork():
                os.write(write, str(child).encode())
                os._exit(0)
            for end in (read, write, line.detach()):
                os.close(end)
            _become(json.loads(order), ends)
        os.waitpid(middle, 0)
        os.close(write)
        line.send(b"%d %s" % (json.loads(order)["number"], os.read(read, _MOST)))
        for end in (read, *ends):
            os.close(end)


def _become(order: dict[str, Any], ends: Sequence[int]) -> NoReturn:
    for number, end in enumerate(ends):
        os.dup2(end, number)
        os.close(end)
    os.chdir(order["cwd"])
    os.environ.clear()
    os.environ.update(order["env"])
    sys.argv[1:] = order["args"]
    sys.path[0] = order["cwd"]  # as for `python -m`
    reload(failpoint)  # it alone looks at the environment when it is read
    runpy.run_module("postroom", run_name="__main__", alter_sys=True)
    raise SystemExit


if __name__ == "__main__":
    serve(socket.socket(fileno=int(sys.argv[1])))
