"""What the pages and mails of a deed by link say: of each kind a question, a button, what follows, what was done. It does nothing."""

from dataclasses import dataclass

MERGE, UNMERGE, REOPEN, SET, TAKE, WAIT, UNDO = "merge", "unmerge", "reopen", "set", "take", "wait", "undo"


@dataclass(frozen=True, slots=True)
class Words:
    """{n} and {m} are numbers, {status} a status's name as it would be, {owner} whoever has it now."""

    ask: str
    button: str
    follows: str
    done: str
    back: str = ""  # the kind of link that takes it back
    told: bool = False  # whoever the link is for hears by mail that it was used


WORDS = {
    MERGE: Words(
        "Merge #{n} into #{m}?",
        "Merge them",
        "From now on #{n} leads to #{m}. No client hears of it, and it can be taken back.",
        "#{n} is merged into #{m}",
        back=UNMERGE,
        told=True,
    ),
    UNMERGE: Words(
        "Make #{n} a ticket of its own again?",
        "Take it out",
        "Both stand as they did before the merge.",
        "#{n} is a ticket of its own again",
        told=True,
    ),
    REOPEN: Words(
        "Reopen #{n}?",
        "Reopen it",
        "Its client's last mail counts as a reply: it goes to “{status}”.",
        "#{n} is open again, in “{status}”",
        back=UNDO,
        told=True,
    ),
    SET: Words(
        "Set #{n} to “{status}”?", "Set it", "It goes to “{status}”.", "#{n} is in “{status}”", back=UNDO, told=True
    ),
    TAKE: Words("Take #{n}?", "Take it", "It is assigned to {owner} now, and then to you.", "#{n} is yours"),
    WAIT: Words(
        "Let #{n} wait longer?",
        "Let it wait",
        "Its timer begins again. Nobody is told.",
        "#{n} waits longer, in “{status}”",
    ),
    UNDO: Words(
        "Take #{n} back to “{status}”?",
        "Take it back",
        "Its client is not told again.",
        "#{n} is in “{status}” again",
        told=True,
    ),
}
