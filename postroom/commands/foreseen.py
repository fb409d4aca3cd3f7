"""How a preview is shown: a table with two lines a mail, and one line with the sums. It judges nothing."""

import os
import sys
from collections import Counter
from collections.abc import Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from postroom.line import one_line
from postroom.preview import Foreseen

PIPE_WIDTH = 200
LONGEST_WHY = 90  # characters


def show(foreseen: Sequence[Foreseen]) -> None:
    """Oldest first, so that the newest stand where the eye is."""
    table = Table(box=None, pad_edge=False, header_style="bold", expand=True)
    for name, ratio in (("from, subject", 4), ("kind", 0), ("what would have happened", 4), ("why", 4)):
        table.add_column(name, ratio=ratio or None, no_wrap=name == "kind", min_width=13 if name == "kind" else None)
    for one in foreseen:
        table.add_row(_mail(one), one.kind, _outcome(one), _why(one))
    width = None if sys.stdout.isatty() or os.environ.get("COLUMNS") else PIPE_WIDTH
    console = Console(markup=False, highlight=False, emoji=False, width=width)
    console.print(table)
    console.print(sums(foreseen))


def sums(foreseen: Sequence[Foreseen]) -> str:
    kinds = Counter(one.kind for one in foreseen)
    counted = ", ".join(f"{number} {kind}" for kind, number in kinds.most_common())
    tickets = len({one.ticket for one in foreseen if one.ticket})
    answered = sum(one.answered for one in foreseen)
    return f"{len(foreseen)} mails: {counted}. {tickets} tickets, {answered} automatic answers. Nothing was touched."


def _mail(one: Foreseen) -> Text:
    """What stands in a mail is never markup."""
    return Text(f"{one_line(one.sender)}\n{one_line(one.subject)}", overflow="ellipsis", no_wrap=True)


def _outcome(one: Foreseen) -> Text:
    place = f"#{one.ticket} {one.status}" if one.ticket else "on no ticket"
    return Text(one_line(place) + "\n" + one_line("answered" if one.answered else f"no answer: {one.no_answer}"))


def _why(one: Foreseen) -> Text:
    """What decided; `postroom classify` has all of it."""
    said = one_line("".join(one.because[:1])).partition("; ")[0]
    return Text(said if len(said) <= LONGEST_WHY else f"{said[: LONGEST_WHY - 1]}…", overflow="fold")
