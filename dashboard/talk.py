"""Talk: a conversation as a page shows it: who said what, what is new in it, what is folded away, and what stands beside it. It shows nothing itself."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from classifier.verdict import STAFFS
from inbound.quotes import split
from outbound.link import nobody_elses
from store.holds import TAKEN_BACK
from store.lines import Said


@dataclass(frozen=True, slots=True)
class Entry:
    """One mail or note. `new` is what its writer added; `rest` all of it, where that is more.

    `side`: who is speaking: client, team, or newcomer (whom staff have not let in, and no client sees); beside the
    conversation, and no part of it: note, notice (what one of us was told), deed (what one of us did).
    """

    said: Said
    author: str
    new: str
    rest: str
    side: str
    claims: str = ""  # the name of one of us as whom a newcomer's mail says it comes, which nothing proves


def talk(conversation: Sequence[Said], team: Mapping[str, str]) -> tuple[Entry, ...]:
    """In its order; `team` are the names of staff by address in lower case."""
    return tuple(_entry(one, team) for one in conversation)


def _entry(said: Said, team: Mapping[str, str]) -> Entry:
    whole, side = nobody_elses(said.text.strip()), _side(said)
    if side == "deed":
        return Entry(said, _name(said.author, team), whole.removeprefix(f"{said.author} "), "", side)
    if side == "notice":
        return Entry(said, _name(said.recipient, team), whole, "", side)
    new = split(whole).new.strip()
    # A name of ours stands for one of us: a mail has it only where it is known who wrote it.
    author = said.author if side in {"client", "newcomer"} else _name(said.author, team)
    claims = team.get(said.author.lower(), "") if side == "newcomer" else ""
    return Entry(said, author, new or whole, "" if new in {"", whole} else whole, side, claims)


def _name(address: str, team: Mapping[str, str]) -> str:
    return team.get(address.lower(), address)


def _side(said: Said) -> str:
    if said.kind == TAKEN_BACK:
        return "note"
    if said.visible_to != "staff":
        return {"in": "client"}.get(said.direction, "team")
    if said.outgoing:
        return "notice"
    if said.direction == "in" and said.kind not in STAFFS:
        return "newcomer"
    # A note that says nothing but what was done.
    return "deed" if said.kind == "note" and said.because and said.text == said.because[0] else "note"
