"""`postroom classify`: what each mail of a file or an mbox is, and why. It reads files and writes lines, nothing else."""

import os
import sys
from collections.abc import Iterator, Sequence
from itertools import chain, islice
from pathlib import Path
from typing import Any

import click
import msgspec

from classifier.classify import classify as judge
from classifier.explain import explain
from classifier.verdict import Evidence, Ours, Verdict
from inbound.message import Message
from inbound.parse import parse
from outbound.keys import Keys
from postroom import clock, config
from postroom.commands.explained import answer, forwarded, keys, page
from postroom.commands.said import bounce, calendar
from postroom.config import NoConfig
from postroom.letters import mbox
from postroom.letters.letter import Found, Letter, Trouble
from postroom.line import one_line
from postroom.parsers import Parsers, Unread

BATCH = 64  # mails in memory at once


def classify(option: str | None, files: Sequence[str], *, as_json: bool, explained: bool = False) -> bool:
    """Prints one line a mail, or a page. False when a mail could not be judged."""
    ours, keys_ = _known(option)
    mails = chain.from_iterable(map(_mails, files))
    first = list(islice(mails, BATCH))
    parsers = Parsers(parse, min(len(first), os.cpu_count() or 1))
    good = True
    try:
        for batch in chain([first], iter(lambda: list(islice(mails, BATCH)), [])):
            for name, outcome in _parsed(parsers, batch):
                if isinstance(outcome, Message):
                    evidence = Evidence(message=outcome, ours=ours)
                    show = _explained if explained else _judged
                    click.echo(show(name, evidence, keys_, as_json=as_json))
                else:
                    good = False
                    click.echo(one_line(f"postroom: {click.format_filename(name)}: {outcome}"), err=True)
    finally:
        parsers.close()
    return good


def _known(option: str | None) -> tuple[Ours, Keys | None]:
    """The addresses of the configuration, and its keys, where there are any; without one, no address is known to be ours."""
    try:
        found = config.read(config.find(option, os.environ), os.environ)
    except NoConfig:
        return Ours(), None
    try:
        return found.ours, Keys.read(found.key_file.read_text("utf-8"))
    except (OSError, ValueError):
        return found.ours, None


def _mails(name: str) -> Iterator[tuple[str, Letter | Trouble | None]]:
    """Every mail of an mbox that holds more than one; any other file is one mail, whatever it begins with."""
    found: Found = []
    path = Path(name)
    try:
        if name != "-" and path.is_file() and mbox.is_mbox(path):
            found = mbox.letters(path, sys.maxsize, clock.now())
    except (OSError, ValueError):
        pass  # told where it is read
    if len(found) > 1:
        yield from ((one.where, one) for one in found)
    else:
        yield name, None


def _parsed(
    parsers: Parsers[Message], mails: Sequence[tuple[str, Letter | Trouble | None]]
) -> Iterator[tuple[str, Message | str]]:
    """Every mail once for each time that its file is named; a text says why there is no message."""
    raws: list[tuple[str, bytes]] = []
    for name, one in mails:
        if isinstance(one, Trouble):
            yield name, one.why
            continue
        try:
            raws.append((name, one.read() if one else _whole(name)))
        except OSError as error:
            yield name, f"cannot be read: {error.strerror}"
    for (name, _), outcome in zip(raws, parsers.parse([raw for _, raw in raws]), strict=True):
        yield name, outcome.reason if isinstance(outcome, Unread) else outcome


def _whole(name: str) -> bytes:
    """Raises OSError."""
    return sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()


def _judged(name: str, evidence: Evidence, keys_: Keys | None, *, as_json: bool) -> bytes | str:
    verdict = judge(evidence)
    return msgspec.json.encode(_row(name, evidence.message, verdict, keys_)) if as_json else _line(name, verdict)


def _explained(name: str, evidence: Evidence, keys_: Keys | None, *, as_json: bool) -> bytes | str:
    explanation = explain(evidence)
    if not as_json:
        return page(click.format_filename(name), evidence.message, explanation)
    return msgspec.json.encode(_row(name, evidence.message, explanation.verdict, keys_) | keys(explanation))


def _row(name: str, message: Message, verdict: Verdict, keys_: Keys | None) -> dict[str, Any]:
    return {
        "file": click.format_filename(name),
        "kind": verdict.kind,
        "answer": answer(verdict),
        "because": list(verdict.because),
        "language": verdict.language,
        "return_date": verdict.return_date.isoformat() if verdict.return_date else None,
        "substitute": verdict.substitute or None,
        "bounce": bounce(verdict, message, keys_),
        "calendar": calendar(verdict),
        "authenticated": verdict.authenticated,
        "authenticity": verdict.authenticity,
        "hints": [{"what": hint.what, "words": hint.words} for hint in verdict.hints],
        "forwarded": forwarded(verdict),
        "defects": list(message.defects),
    }


def _line(name: str, verdict: Verdict) -> str:
    may = "may be answered" if verdict.answer else f"no answer: {verdict.no_answer}"
    kind = f"{verdict.kind}, {verdict.said}" if verdict.said else verdict.kind
    offers = "".join(f"; {line}" for line in verdict.offers)
    return one_line(f"{click.format_filename(name)}: {kind} ({may}) because {'; '.join(verdict.because)}{offers}")
