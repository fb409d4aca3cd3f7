"""Talk: a conversation as a page shows it: who said what, what is new in it, and what is folded away. It shows nothing itself."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from inbound.quotes import split
from store.holds import TAKEN_BACK
from store.lines import Said


@dataclass(frozen=True, slots=True)
class Entry:
    """One mail or note. `new` is what its writer added; `rest` all of it, where that is more."""

    said: Said
    author: str
    new: str
    rest: str
    side: str  # client, team, note: who is speaking; notice: what one of us was told; deed: what one of us did


def talk(conversation: Sequence[Said], team: Mapping[str, str]) -> tuple[Entry, ...]:
    """In its order; `team` are the names of staff by address in lower case."""
    return tuple(_entry(one, team) for one in conversation)


def _entry(said: Said, team: Mapping[str, str]) -> Entry:
    whole, side = said.text.strip(), _side(said)
    if side == "deed":
        return Entry(said, _name(said.author, team), whole.removeprefix(f"{said.author} "), "", side)
    if side == "notice":
        return Entry(said, _name(said.recipient, team), whole, "", side)
    new = split(whole).new.strip()
    return Entry(said, _name(said.author, team), new or whole, "" if new in {"", whole} else whole, side)


def _name(address: str, team: Mapping[str, str]) -> str:
    return team.get(address.lower(), address)


def _side(said: Said) -> str:
    if said.kind == TAKEN_BACK:
        return "note"
    if said.visible_to != "staff":
        return {"in": "client"}.get(said.direction, "team")
    if said.outgoing:
        return "notice"
    # A note that says nothing but what was done.
    return "deed" if said.kind == "note" and said.because and said.text == said.because[0] else "note"
