"""Concern: how much of a look a previewed mail deserves from whoever leads the team. It sorts, and judges nothing again."""

import re
from collections.abc import Iterable
from enum import StrEnum

from classifier.verdict import PERSON
from postroom.preview import NOTHING_TO_SAY, Foreseen

# Evidence that names a header and its value; From is one that anybody writes.
_HEADER = re.compile(r"(?:^|; |: )(?!From: )(?:[A-Z][A-Za-z-]*-?[A-Za-z]+: \S|text/calendar)")
_OURS = frozenset({"own_mail", "duplicate", "system_report"})
_QUIET = frozenset({"cc_only", "staff_reply", "staff_command"})  # of people, and never answered


class Concern(StrEnum):
    """In the order in which one wants to see them. Each name is a heading."""

    UNREAD = "Could not be read"
    WORDS = "Taken for a machine's by its words or its sender alone"
    SILENT = "A person's, and not answered"
    POSSIBLY = "Names a ticket that it may not join"
    ANSWERED = "Answered by itself"
    PEOPLE = "From people, and nothing goes out"
    MACHINES = "A machine's, and said so"


ABOUT = {
    Concern.UNREAD: "These would be quarantined: visible, with their bytes, for staff to look at.",
    Concern.WORDS: "No header says so. If one of these is a person's, a [[rule]] in postroom.toml mends it.",
    Concern.SILENT: "Each gives its ticket, or joins one; an answer is held back for the reason beside it.",
    Concern.POSSIBLY: "A number or a reference points to a ticket, and its sender takes no part there.",
    Concern.ANSWERED: "What would have gone out, and to whom. Is one of them a robot?",
    Concern.PEOPLE: "Replies, copies and staff's mail: on their tickets.",
    Concern.MACHINES: "By a header that machines write, a report's form, or your own rules. Never answered.",
}


def concern(one: Foreseen) -> Concern:
    """The first that holds."""
    first = "".join(one.because[:1])
    if one.kind == "quarantined":
        return Concern.UNREAD
    if one.kind not in PERSON:
        by_rule = first.startswith(("configured", "staff's word", "delivered report"))
        certain = one.kind in _OURS or by_rule or _HEADER.search(first.partition(": ")[2])
        return Concern.MACHINES if certain else Concern.WORDS
    if not one.answered and one.kind not in _QUIET and one.no_answer != NOTHING_TO_SAY:
        return Concern.SILENT
    if any("does not join" in said for said in one.because):
        return Concern.POSSIBLY
    return Concern.ANSWERED if one.answered else Concern.PEOPLE


def by_concern(foreseen: Iterable[Foreseen]) -> dict[Concern, list[Foreseen]]:
    """The mails of each, the newest first; only those that there are."""
    groups: dict[Concern, list[Foreseen]] = {each: [] for each in Concern}
    for one in foreseen:
        groups[concern(one)].append(one)
    return {each: mails[::-1] for each, mails in groups.items() if mails}
