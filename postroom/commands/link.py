"""`postroom link` and `linked`: which issue of the engineers a ticket waits for, and what becomes of that."""

from collections.abc import Iterator

import click

from postroom import tracking
from postroom.acting import NotPossible
from postroom.app import App, open_app
from postroom.cli import Refused
from postroom.commands.staff import author
from postroom.commands.told import told
from postroom.tracking import Followed, Heard, News, Word
from store import reports
from workflow import issue as issues
from workflow.issue import Issue


def link(option: str | None, number: int, written: str, by: str, *, remove: bool) -> None:
    app = open_app(option)
    who, _ = author(app, by)
    issue = _issue(written)
    try:
        if remove:
            tracking.unlink(app, number, issue, who)
            click.echo(f"#{number} is linked to {issue.key} no more")
        else:
            followed = tracking.link(app, number, issue, who)
            click.echo(f"#{number} is linked to {issue.key}; {_stands(app, followed, number)}")
    except NotPossible as error:
        raise Refused(str(error)) from None


def linked(option: str | None, written: str, state: str, by: str) -> None:
    app = open_app(option)
    who, _ = author(app, by)
    issue = _issue(written)
    try:
        said = Word(issue, issues.state(state), app.now(), who)
    except ValueError as error:
        raise Refused(f'"{state[:60]}" is no state: {error}') from None
    try:
        heard = tracking.hear(app, said)
    except NotPossible as error:
        raise Refused(str(error)) from None
    click.echo("\n".join(_lines(app, said, heard)))


def _lines(app: App, said: Word, heard: Heard) -> Iterator[str]:
    match heard.news:
        case News.KNOWN:
            yield f"{said.issue.key} is {said.state} already: nothing changes"
        case News.OLD:
            yield f"{said.issue.key} has a later word than now: nothing changes; is the clock right?"
        case News.NEW:
            pass
    yield from (_stands(app, one) for one in heard.followed)


def _stands(app: App, followed: Followed, named: int = 0) -> str:
    """How a ticket stands, and why it stays where it does; "it", where it has just been named."""
    effect, decision = followed.effect, followed.decision
    if not decision.moved:
        return f"#{effect.ticket}: {decision.because[0]}"
    with app.database.read() as tx:
        withheld = reports.withheld(tx, effect.conversation or 0, effect.at)
    status = followed.workflow.statuses[decision.status].name
    it = "it" if effect.ticket == named else f"#{effect.ticket}"
    return f"{it} is now in {status}{told(effect.outgoing, withheld)}"


def _issue(written: str) -> Issue:
    try:
        return issues.issue(written)
    except ValueError as error:
        raise Refused(f'"{written[:60]}" is no issue: {error}') from None
