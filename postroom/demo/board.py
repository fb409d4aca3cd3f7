"""Board: the demo's table of what became of each mail. It looks nothing up."""

from dataclasses import dataclass

from rich.table import Table

COLUMNS = ("mail", "kind", "why", "ticket", "status", "answer")
COLOURS = {"quarantined": "red", "parked": "dim"}


@dataclass(frozen=True, slots=True)
class Shown:
    """One mail, as the table shows it."""

    mail: str
    kind: str
    why: str
    ticket: str
    status: str
    answer: str

    def cells(self) -> tuple[str, ...]:
        return (self.mail, self.kind, self.why, self.ticket, self.status, self.answer)

    def line(self) -> str:
        """The same as one plain line."""
        status = f" {self.status}" if self.status else ""
        return f"{self.mail}: {self.kind} ({self.why}) -> {self.ticket}{status}; answer: {self.answer}"


class Board:
    """Grows by a row a mail."""

    def __init__(self) -> None:
        self._rows: list[Shown] = []

    def add(self, row: Shown) -> None:
        self._rows.append(row)

    def table(self) -> Table:
        table = Table(*COLUMNS, box=None, pad_edge=False, header_style="bold", expand=True)
        for column, ratio in zip(table.columns, (6, 3, 7, 2, 4, 3), strict=True):
            column.ratio = ratio
        for row in self._rows:
            table.add_row(*row.cells(), style=COLOURS.get(row.ticket, ""))
        return table
