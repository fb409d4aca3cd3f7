"""Talk: a conversation as a page shows it: who said what, what is new in it, and what is folded away. It shows nothing itself."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from inbound.quotes import split
from store.lines import Said


@dataclass(frozen=True, slots=True)
class Entry:
    """One mail or note. `new` is what its writer added; `rest` all of it, where that is more."""

    said: Said
    author: str
    new: str
    rest: str
    side: str  # client, team, note: who is speaking; notice: postroom, to one of us


def talk(conversation: Sequence[Said], team: Mapping[str, str]) -> tuple[Entry, ...]:
    """In its order; `team` are the names of staff by address in lower case."""
    return tuple(_entry(one, team) for one in conversation)


def _entry(said: Said, team: Mapping[str, str]) -> Entry:
    whole = said.text.strip()
    new = split(whole).new.strip()
    told = said.visible_to == "staff"
    side = "notice" if told and said.outgoing else "note" if told else {"in": "client"}.get(said.direction, "team")
    return Entry(
        said, team.get(said.author.lower(), said.author), new or whole, "" if new in {"", whole} else whole, side
    )
