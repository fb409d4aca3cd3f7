"""`postroom classify`: what each mail of a file is, and why. It reads files and writes lines, nothing else."""

import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import click
import msgspec

from classifier.classify import classify as judge
from classifier.verdict import Evidence, Ours, Verdict
from inbound.message import Message
from postroom import config
from postroom.parsers import Parsers, Unread

BATCH = 64  # mails in memory at once


def classify(option: str | None, files: Sequence[str], *, as_json: bool) -> bool:
    """Prints one line a file. False when a file could not be judged."""
    ours = _ours(option)
    parsers = Parsers(min(len(files), os.cpu_count() or 1))
    good = True
    try:
        for start in range(0, len(files), BATCH):
            for name, outcome in _parsed(parsers, files[start : start + BATCH]):
                if isinstance(outcome, Message):
                    verdict = judge(Evidence(message=outcome, ours=ours))
                    click.echo(_json(name, outcome, verdict) if as_json else _line(name, verdict))
                else:
                    good = False
                    click.echo(f"postroom: {name}: {outcome}", err=True)
    finally:
        parsers.close()
    return good


def _ours(option: str | None) -> Ours:
    """The addresses of the configuration; without one, no address is known to be ours."""
    path = config.find(option, os.environ)
    if option is None and not path.exists():
        return Ours()
    return config.read(path, os.environ).ours


def _parsed(parsers: Parsers, files: Sequence[str]) -> Iterator[tuple[str, Message | str]]:
    raws: dict[str, bytes] = {}
    for name in files:
        try:
            raws[name] = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
        except OSError as error:
            yield name, f"cannot be read: {error.strerror}"
    for name, outcome in zip(raws, parsers.parse(list(raws.values())), strict=True):
        yield name, outcome.reason if isinstance(outcome, Unread) else outcome


def _json(name: str, message: Message, verdict: Verdict) -> str:
    row: dict[str, Any] = {
        "file": name,
        "kind": verdict.kind,
        "answer": "yes" if verdict.answer else f"no: {verdict.no_answer}",
        "because": list(verdict.because),
        "language": verdict.language,
        "return_date": verdict.return_date.isoformat() if verdict.return_date else None,
        "authenticated": verdict.authenticated,
        "defects": list(message.defects),
    }
    return msgspec.json.encode(row).decode()


def _line(name: str, verdict: Verdict) -> str:
    answer = "may be answered" if verdict.answer else f"no answer: {verdict.no_answer}"
    return f"{name}: {verdict.kind} ({answer}) because {'; '.join(verdict.because)}"
