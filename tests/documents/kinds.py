"""docs/kinds.md: the rules by which a mail's kind is known, from the classifier's own tables, and what follows."""

import re
from collections.abc import Iterator

from classifier.classify import MACHINES, OURS, PEOPLE, PersonRule, Rule
from classifier.verdict import STAFFS, Kind
from tests.documents.commands import safe
from workflow.opening import PARKED

HEAD = """\
# How each kind of mail is recognised

Printed from `classifier/classify.py` by `./do docs`. Every mail is of exactly one kind. The rules are asked from the top; the first that holds says which, and gives the header or the words, with their value, as its reason.
`postroom classify FILE` says it of any mail, `--explain` with all evidence; the ticket and the list of mails show it. What people and machines both may have written counts as a person's.
"""
OF_MACHINES = """\
## Not a person's

Where [your own rules](decisions/044-where-a-teams-own-rules-stand.md), or a correction, say what such mail is, they stand behind the first two of these, and nothing else of the table is asked.
"""
OF_PEOPLE = """\
## A person's

Whatever nothing above claims, a person wrote. Mail of your staff to a client comes first: where they write to one with us in copy, or put `#for` on top, [it is theirs for the client](staff.md). Then these:
"""
FOLLOWS = """\
## What follows

What a kind does to a ticket is your workflow's to say: [statuses and notices](statuses.md) has it for the two that ship. What staff write is [done](staff.md). Of everything else:
"""
MACHINES_OWN = "it is kept, and moves nothing"
ON_ITS_TICKET = {
    Kind.NEW_TICKET: "with a ticket it is a reply",
    Kind.DUPLICATE: "it is filed, but where the copy at the escalate address escalates",
    Kind.OWN_MAIL: "it is filed",
    Kind.CLIENT_REPLY: "it is the client's word, and moves it; thanks alone move nothing",
    Kind.CC_ONLY: "it is kept on a conversation in which we were never more than copied",
    Kind.OUT_OF_OFFICE: "it is kept; a return date holds up the client's timer",
    Kind.BOUNCE: "it is kept; where no address of the client's is left, the workflow may have a status for that",
    Kind.CALENDAR: "it is kept; an answer to an appointment says who comes, or moves it",
    Kind.SYSTEM_REPORT: "it is one more of the same report",
    Kind.ESCALATION: "it goes to the managers' status",
}
SILENT = """\
No answer goes out by itself to anything but a person's mail; nor to that where a sign of a machine, a list or a loop is on it, or where its sender is not authentic. The reason stands with the mail ([when in doubt, silence](decisions/035-in-doubt-silence.md)).
"""
_OF_A_LIST = re.compile(r" \([A-Z]\d\d\)|\(reliability\.md [^)]*\)")


def text() -> str:
    return "\n".join(lines())


def lines() -> Iterator[str]:
    yield HEAD
    yield OF_MACHINES
    yield from table((*OURS, *MACHINES))
    yield OF_PEOPLE
    yield from table(PEOPLE)
    yield FOLLOWS
    yield "| kind | where it belongs to no ticket | on its ticket |\n|---|---|---|"
    for kind in Kind:
        if kind not in STAFFS:
            yield f"| `{kind}` | {safe(PARKED.get(kind, 'it opens one'))} | {ON_ITS_TICKET.get(kind, MACHINES_OWN)} |"
    yield ""
    yield SILENT


def table(rules: tuple[Rule | PersonRule, ...]) -> Iterator[str]:
    yield "| rule | kind | it holds for |\n|---|---|---|"
    for rule in rules:
        words = (rule.holds.__doc__ or "").partition("\n")[0]
        yield f"| {rule.name} | `{rule.kind}` | {safe(_OF_A_LIST.sub('', words))} |"
    yield ""
