"""What the team says of mails: its rules in the configuration, and its word on one mail. It stands before every rule of ours.

It never stands before an id of ours, and no rule makes a machine of staff, or of whoever answers us with a valid token.
"""

from functools import lru_cache

from classifier.clues import Clues
from classifier.phrases import fold
from classifier.verdict import KindRule, Known, Look, LookRule


def rule_for(clues: Clues) -> KindRule | None:
    """What staff say of this very mail; else the first rule of the configuration that it fits."""
    evidence = clues.evidence
    if evidence.said is not None:
        return evidence.said
    return next((rule for rule in evidence.ours.rules if _may(rule, clues) and fits(rule, clues)), None)


def name(clues: Clues) -> str:
    """What such a rule is called."""
    return "staff's word" if clues.evidence.said else "configured rule"


def machine(clues: Clues) -> str:
    """The rule that makes it a machine's, with what it names; "" where there is none."""
    rule = rule_for(clues)
    return _shown(rule) if rule and not rule.person else ""


def person(clues: Clues) -> str:
    """The rule that makes it a person's, under its name; "" where there is none."""
    rule = rule_for(clues)
    return f"{name(clues)}: {_shown(rule)}" if rule and rule.person else ""


def look(clues: Clues) -> Look | None:
    """By the first rule of the configuration that a request fits which somebody has to look at first."""
    rule = next((rule for rule in clues.evidence.ours.looks if fits(rule, clues)), None)
    return Look(rule.status, rule.category, f"to be looked at first, {_shown(rule)}") if rule else None


def fits(rule: KindRule | LookRule, clues: Clues) -> bool:
    """Whether the mail has all that the rule names. A rule that names nothing would swallow every mail."""
    return (
        bool(rule.sender or rule.subject or rule.phrase)
        and _sent(rule.sender.lower(), clues)
        and (not rule.subject or _folded(rule.subject) in clues.subject)
        and (not rule.phrase or _folded(rule.phrase) in _folded(clues.new))
    )


@lru_cache(maxsize=256)
def _folded(text: str) -> str:
    """Several rules ask for the same text, and each mail for the same rules."""
    return fold(text)


def _may(rule: KindRule, clues: Clues) -> bool:
    evidence = clues.evidence
    token = evidence.link is not None and evidence.link.known is Known.TOKEN
    staff = clues.sender is not None and clues.sender.key in evidence.ours.staff
    return rule.person or not (token or evidence.staff_token or staff)


def _sent(wanted: str, clues: Clues) -> bool:
    author = clues.message.author
    if not wanted:
        return True
    return author is not None and (author.key == wanted or (wanted.startswith("@") and author.key.endswith(wanted)))


def _shown(rule: KindRule | LookRule) -> str:
    pairs = (("From", rule.sender), ("subject", rule.subject), ("text", rule.phrase))
    named = ", ".join(f'{name} "{value}"' for name, value in pairs if value)
    return f'"{rule.name}": {named}' if named else f"{rule.name} says so"
