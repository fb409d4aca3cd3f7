"""Page: what a person wants to know of a command beyond its options. Holds words only."""

from dataclasses import dataclass

NO = "the answer is no: something was refused, or the database cannot be reached"


@dataclass(frozen=True, slots=True)
class Page:
    """One command. The first sentence of its help, and its options, stand where the command is defined."""

    when: str  # when one uses it, and what it does not do
    examples: tuple[tuple[str, str], ...]  # what to type without "postroom", and what it brings
    see: tuple[str, ...]  # related commands
    no: str = NO  # what exit status 1 means
