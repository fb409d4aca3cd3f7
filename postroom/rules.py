"""Rules: what a [[rule]] of the configuration may say, and how one is written down. It judges no mail."""

import json

from classifier.phrases import fold
from classifier.verdict import PEOPLES, PERSON, Kind, KindRule

SHORTEST = 4  # letters and digits of a subject or phrase: less stands in everybody's mail
# Our own ids and the ledger say which mail is ours or a duplicate, and [[report]] which report is whose.
MACHINES = tuple(sorted(set(Kind) - PERSON - {Kind.OWN_MAIL, Kind.DUPLICATE, Kind.SYSTEM_REPORT}))
KINDS = (PEOPLES, *MACHINES)


def kind(text: str) -> str:
    """One of KINDS, or ValueError."""
    if text == Kind.SYSTEM_REPORT:
        raise ValueError("write a [[report]] for it: that also says which ticket its repeats join")
    if text not in KINDS:
        raise ValueError(f"write one of {', '.join(KINDS)}")
    return text


def words(text: str) -> str:
    """What a subject or text has to contain; "" for nothing."""
    if text and sum(letter.isalnum() for letter in fold(text)) < SHORTEST:
        raise ValueError(f"it must have at least {SHORTEST} letters or digits: less stands in everybody's mail")
    return text


def written(rule: KindRule) -> tuple[str, ...]:
    """The lines of postroom.toml that make it a rule."""
    named = (("kind", rule.kind), ("sender", rule.sender), ("subject", rule.subject), ("phrase", rule.phrase))
    # A text in quotes is the same in TOML as in JSON, as long as nothing in it is a control character.
    return ("[[rule]]", *(f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in named if value))
