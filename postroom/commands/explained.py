"""How an explanation is shown: a page for a person, keys for a program. It judges nothing."""

from collections.abc import Iterator, Sequence
from textwrap import wrap
from typing import Any

import click

from classifier.explain import Change, Explanation, Held
from classifier.signs import Sign
from classifier.verdict import PERSON, Verdict
from inbound.message import Message
from postroom.commands.output import width
from postroom.line import one_line

MOST_WIDE = 100  # columns: longer lines are hard to read
INDENT = 4
LONGEST = 160  # characters of a value; --json has all of it
NO_CHANGE = "no single thing, taken away, changes the verdict"


def page(name: str, message: Message, explanation: Explanation) -> str:
    """One mail, for a terminal of any width."""
    verdict = explanation.verdict
    lines = [one_line(name), *_head(message)]
    colour = "green" if verdict.kind in PERSON else "yellow"
    lines += ["", *(click.style(line, fg=colour, bold=True) for line in _told(_verdict(verdict), 2)), ""]
    lines += _section("The rule that won", [_held(explanation.won)])
    lines += _section("What else is known", [*verdict.because[1:], *_more(verdict)])
    lines += _section("Would have held behind it", [_held(one) for one in explanation.behind])
    lines += _section("Speaks for it", [_sign(one) for one in explanation.for_it])
    lines += _section("Speaks against it, and was not enough", [_sign(one) for one in explanation.against_it])
    lines += _section("Speaks for neither", [_sign(one) for one in explanation.either])
    lines += _section("What could not be read as it stands", message.defects)
    lines += _section("The one change that would have changed the verdict", [_change(explanation.change)])
    return "\n".join(lines)


def keys(explanation: Explanation) -> dict[str, Any]:
    """What --explain adds to an object of --json."""
    return {
        "rule": _held_keys(explanation.won),
        "behind": [_held_keys(one) for one in explanation.behind],
        "for": [_sign_keys(one) for one in explanation.for_it],
        "against": [_sign_keys(one) for one in explanation.against_it],
        "neither": [_sign_keys(one) for one in explanation.either],
        "change": _change_keys(explanation.change),
    }


def answer(verdict: Verdict) -> str:
    return "yes" if verdict.answer else f"no: {verdict.no_answer}"


def forwarded(verdict: Verdict) -> dict[str, str] | None:
    """Whom a forwarded mail claims to be from, for --json."""
    claimed = verdict.forwarded
    if claimed is None:
        return None
    sender = claimed.sender
    return {"address": sender.addr, "name": sender.name, "date": claimed.date, "subject": claimed.subject}


def _head(message: Message) -> Iterator[str]:
    author = message.author
    sender = (f"{author.name} <{author.addr}>" if author.name else author.addr) if author else "nobody"
    to = ", ".join(address.addr for address in message.to[:3]) + (" …" if len(message.to) > 3 else "")
    shown = (("From", sender), ("To", to), ("Subject", message.subject))
    for label, value in (*shown, ("Date", message.date.isoformat(" ") if message.date else "")):
        yield from _told(f"{label:<9}{_short(value) or '(none)'}", 2, 11)


def _verdict(verdict: Verdict) -> str:
    may = "it may be answered" if verdict.answer else f"no automatic answer: {verdict.no_answer}"
    return f"{verdict.kind.upper()} – {may}"


def _more(verdict: Verdict) -> Iterator[str]:
    if verdict.language:
        yield f"language: {verdict.language}"
    if verdict.said and not any(verdict.said in line for line in verdict.because):
        yield f"it says: {verdict.said}"
    yield from verdict.offers
    if verdict.possibly:
        yield f"possibly about ticket {verdict.possibly}, which its sender takes no part in"
    if verdict.thanks:
        yield "it only says thanks"
    if verdict.approves:
        yield "it only says yes"
    yield from verdict.offers


def _held(held: Held) -> str:
    return f"{held.rule} → {held.kind}: {held.evidence}"


def _sign(sign: Sign) -> str:
    value = f'"{sign.value}"' if sign.language else sign.value
    language = f" ({sign.language})" if sign.language else ""
    return f"{sign.where}: {_short(value)}{language} – {sign.says}"


def _change(change: Change | None) -> str:
    if change is None:
        return NO_CHANGE
    verdict = change.verdict
    may = "may be answered" if verdict.answer else f"no answer: {verdict.no_answer}"
    return f"without {_short(change.without)} it would be {verdict.kind} ({may}), because {verdict.because[0]}"


def _section(title: str, told: Sequence[str]) -> Iterator[str]:
    if told:
        yield from (click.style(line, bold=True) for line in _told(title, 2, 2))
        for one in told:
            yield from _told(one, INDENT)
        yield ""


def _told(text: str, indent: int, hang: int = 0) -> list[str]:
    """One text on as many lines as it needs; what stands in a mail reaches no terminal as it is."""
    room = min(width(), MOST_WIDE)
    space = " " * (hang or indent + 2)
    return wrap(one_line(text), max(room, 40), initial_indent=" " * indent, subsequent_indent=space) or [""]


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def _held_keys(held: Held) -> dict[str, Any]:
    return {"name": held.rule, "kind": held.kind, "evidence": held.evidence}


def _sign_keys(sign: Sign) -> dict[str, Any]:
    return {"where": sign.where, "value": sign.value, "says": sign.says, "language": sign.language}


def _change_keys(change: Change | None) -> dict[str, Any] | None:
    if change is None:
        return None
    verdict = change.verdict
    return {
        "without": change.without,
        "kind": verdict.kind,
        "answer": answer(verdict),
        "because": list(verdict.because),
    }
