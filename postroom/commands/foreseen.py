"""How a preview is shown: a table with two lines a mail, or a block a mail where the terminal is narrow, and one line with the sums. It judges nothing."""

from collections import Counter
from collections.abc import Iterator, Sequence
from textwrap import shorten, wrap
from typing import Any

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from postroom.commands.output import NARROW, width
from postroom.concern import Concern, concern
from postroom.line import one_line
from postroom.preview import Foreseen
from store.lines import as_json

LONGEST_WHY = 90  # characters


def show(foreseen: Sequence[Foreseen]) -> None:
    """Oldest first, so that the newest stand where the eye is."""
    wide = width()
    if wide < NARROW or not foreseen:
        click.echo("".join(f"{line}\n" for one in foreseen for line in (*_block(one, wide), "")), nl=False)
    else:
        _table(foreseen, wide)
    for line in wrap(sums(foreseen), wide):
        click.echo(line)


def row(one: Foreseen) -> dict[str, Any]:
    """One object of --json."""
    return {
        "source": one.source,
        "received_at": as_json(one.received_at),
        "sender": one.sender,
        "subject": one.subject,
        "kind": one.kind,
        "answer": "yes" if one.answered else f"no: {one.no_answer}",
        "because": list(one.because),
        "ticket": one.ticket,
        "opened": one.opened,
        "status": one.status,
        "mails": [{"notice": notice, "recipient": recipient} for notice, recipient in one.sent],
        "concern": concern(one).name.lower(),
    }


def sums(foreseen: Sequence[Foreseen]) -> str:
    kinds = Counter(one.kind for one in foreseen)
    counted = ", ".join(f"{number} {kind}" for kind, number in kinds.most_common()) or "none"
    tickets = len({one.ticket for one in foreseen if one.ticket})
    answered = sum(one.answered for one in foreseen)
    doubtful = sum(concern(one) in {Concern.UNREAD, Concern.WORDS} for one in foreseen)
    look = f" Look first at {doubtful} whose kind no header says." if doubtful else ""
    made = f"{many(tickets, 'ticket')}, {many(answered, 'automatic answer')}"
    return f"{many(len(foreseen), 'mail')}: {counted}. {made}.{look} Nothing was touched."


def many(number: int, word: str) -> str:
    return f"{number:,} {word}{'' if number == 1 else 's'}"


def place(one: Foreseen) -> str:
    if not one.ticket:
        return "on no ticket"
    return f"{'opens ' if one.opened else ''}#{one.ticket} {one.status}"


def sent(one: Foreseen) -> str:
    """The mails that would go out, or why there is none."""
    if not one.sent:
        return f"no answer: {one.no_answer}"
    return ", ".join(f"{notice} to {recipient}" for notice, recipient in one.sent)


def _table(foreseen: Sequence[Foreseen], wide: int) -> None:
    table = Table(box=None, pad_edge=False, header_style="bold", expand=True)
    for name, ratio in (("from, subject", 4), ("kind", 0), ("what would have happened", 4), ("why", 4)):
        table.add_column(name, ratio=ratio or None, no_wrap=name == "kind", min_width=13 if name == "kind" else None)
    for one in foreseen:
        table.add_row(_mail(one), one.kind, _outcome(one), _why(one))
    Console(markup=False, highlight=False, emoji=False, width=wide).print(table)


def _block(one: Foreseen, wide: int) -> Iterator[str]:
    """One mail, a line for each thing."""
    yield shorten(one_line(one.subject) or "(no subject)", wide, placeholder=" …")[:wide]
    for label, said in (("from", one.sender), ("kind", one.kind), ("then", place(one)), ("mail", sent(one))):
        yield from _told(label, said, wide)
    yield from _told("why", "; ".join(one.because[:1]), wide)


def _told(label: str, said: str, wide: int) -> list[str]:
    return wrap(one_line(said), max(wide, 30), initial_indent=f"  {label:<5}", subsequent_indent=" " * 7)


def _mail(one: Foreseen) -> Text:
    """What stands in a mail is never markup."""
    return Text(f"{one_line(one.sender)}\n{one_line(one.subject)}", overflow="ellipsis", no_wrap=True)


def _outcome(one: Foreseen) -> Text:
    return Text(f"{one_line(place(one))}\n{one_line(sent(one))}", overflow="fold")


def _why(one: Foreseen) -> Text:
    """What decided; `postroom classify` has all of it."""
    said = one_line("".join(one.because[:1])).partition("; ")[0]
    return Text(said if len(said) <= LONGEST_WHY else f"{said[: LONGEST_WHY - 1]}…", overflow="fold")
