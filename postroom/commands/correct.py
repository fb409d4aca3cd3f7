"""`postroom correct` and `classify --cases`: what staff say of a mail, and whether it is judged so by now."""

from collections.abc import Iterator
from typing import Any

import click

from classifier.classify import classify
from outbound.outbox import State
from postroom.acting import NotPossible
from postroom.again import WHICH
from postroom.app import App, open_app
from postroom.cli import Refused
from postroom.commands.output import one_line, print_json
from postroom.commands.staff import author
from postroom.correcting import Corrected, put_right
from postroom.parsers import Parsers, Unread
from postroom.reading import Parsed, read
from postroom.rules import written
from postroom.said import Said, looked_up, word
from postroom.teaching import Lesson, right
from store import corrections
from store.corrections import Case
from store.lines import as_json

_REMEMBERED = "Its sender is remembered: postroom sender shows whom"


def correct(option: str | None, which: str, kind: str, note: str, by: str, *, answer: bool, remember: bool) -> None:
    app = open_app(option)
    who, _ = author(app, by)
    try:
        said = Said(_mail(which), word(kind), who, note.strip(), remember, answer)
        done = _done(app, said)
    except NotPossible as error:
        raise Refused(str(error)) from None
    for line in _told(said, done):
        click.echo(line)


def cases(option: str | None, *, as_json: bool) -> bool:
    """Judges every mail again of which staff have said what it is. False when one is judged otherwise."""
    app = open_app(option)
    parsers = Parsers(read)
    try:
        rows = list(_judged(app, parsers))
    finally:
        parsers.close()
    wrong = sum(not row["right"] for row in rows)
    if as_json:
        print_json(rows)
    else:
        for row in rows:
            click.echo(one_line(_line(row)))
        click.echo(f"{len(rows)} cases: {len(rows) - wrong} right, {wrong} wrong")
    return not wrong


def _done(app: App, said: Said) -> Corrected:
    parsers = Parsers(read, 1)
    try:
        return put_right(app, said, parsers)
    finally:
        parsers.close()


def _mail(which: str) -> int:
    match = WHICH.fullmatch(which.lower())
    if not match or match[1] != "m":
        raise NotPossible(f'"{which[:40]}" is no mail: m17 is one that came (postroom mails)')
    return int(match[2])


def _told(said: Said, done: Corrected) -> Iterator[str]:
    if not done.changed:
        yield f"m{said.mail} is taken for {done.was} already: nothing changes"
        if said.remember:
            yield _REMEMBERED
        return
    yield f"m{said.mail} is {done.kind} now; it was taken for {done.was}"
    yield _place(done)
    yield _answer(done)
    if said.remember:
        yield _REMEMBERED
    yield "It is a case from now on: postroom classify --cases judges it again"
    yield from _offer(done)


def _place(done: Corrected) -> str:
    if done.ticket is None:
        return f"It is on no ticket: {done.because[-1]}"
    if not done.before:
        return f'It is on #{done.ticket}, "{done.status}"'
    if done.before == done.status:
        return f"#{done.ticket} stays: {done.because[-1]}"
    return f'#{done.ticket} moves from "{done.before}" to "{done.status}"'


def _answer(done: Corrected) -> str:
    if broken := [one for one in done.outgoing if one.state is State.FAILED_RENDER]:
        return f"The answer could not be written: {broken[0].reason}"
    sent = ", ".join(f"{one.notice} to {one.recipient}" for one in done.outgoing)
    return f"Queued: {sent}" if sent else "Nobody is answered"


def _offer(done: Corrected) -> Iterator[str]:
    if not done.lessons:
        return
    yield ""
    yield "To have such mail judged so from now on, put this into postroom.toml (nothing is added by itself):"
    for place, lesson in enumerate(done.lessons):
        yield "" if not place else "\n# or"
        yield from (one_line(line) for line in written(lesson.rule))
        yield from _warned(lesson)


def _warned(lesson: Lesson) -> Iterator[str]:
    if lesson.others:
        named = ", ".join(f"m{number}" for number in lesson.others)
        yield f"# mind: its sender and subject fit mails that were taken for something else, too: {named}"


def _judged(app: App, parsers: Parsers[Parsed]) -> Iterator[dict[str, Any]]:
    with app.database.read() as tx:
        kept = list(corrections.cases(tx))
    for case in kept:
        with app.database.read() as tx:
            raw = corrections.raw(tx, case.correction.mail)
        (parsed,) = parsers.parse([raw])
        if isinstance(parsed, Unread):
            yield _row(case, "unread", (parsed.reason,), good=False)
            continue
        found = looked_up(app, parsed.message, case.account, case.received_at)
        verdict = classify(found.evidence, parsed.reading)
        yield _row(case, verdict.kind, verdict.because, good=right(verdict.kind, case.correction.said))


def _row(case: Case, kind: str, because: tuple[str, ...], *, good: bool) -> dict[str, Any]:
    said = case.correction
    return {
        "id": f"m{said.mail}",
        "right": good,
        "kind": kind,
        "said": said.said,
        "because": list(because),
        "by": said.by,
        "at": as_json(said.at),
        "note": said.note,
    }


def _line(row: dict[str, Any]) -> str:
    mark = "right" if row["right"] else "WRONG"
    return f"{row['id']}: {mark}: {row['kind']}; {row['by']} said {row['said']}; because {'; '.join(row['because'])}"
