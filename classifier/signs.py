"""Signs: all that was looked at in a mail, each with what it speaks for. It finds evidence and weighs none; the rules do that."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from classifier.authentication import authenticate
from classifier.clues import Clues
from classifier.headers import CAMPAIGN, MASS, PROOF, header_in
from classifier.making import desk, signed
from classifier.making import program as program_of
from classifier.phrases import Said, words
from classifier.recipients import named_in
from classifier.senders import is_nobody

_MOST = 40  # of one sort; hostile mail has thousands
_WISH = ("x-auto-response-suppress", "x-ms-exchange-inbox-rules-loop", "x-loop", "feedback-id")
# What phrases of the table are signs of; those that are left out stand in anybody's mail.
_PERSONS = words("request self thanks approval work other")
_EITHERS = words("detail contact urgent matter due shall soon until later ticket")
_ANYBODYS = words("courtesy greeting closing wish sorry disclaimer mail me")


class Speaks(StrEnum):
    """What a sign speaks for. `either` stands on machines' and people's mail alike."""

    MACHINE = "machine"
    PERSON = "person"
    EITHER = "either"


@dataclass(frozen=True, slots=True)
class Sign:
    """One thing that was looked at: where it stands, what is there, and what that says."""

    speaks: Speaks
    where: str  # header, subject, text, recipients, ticket, servers
    value: str
    says: str
    language: str = ""  # of a phrase


def signs(clues: Clues) -> tuple[Sign, ...]:
    """Every sign of a mail, in the order in which a reader asks for them."""
    found = (_headers(clues), _sender(clues), _said(clues), _shapes(clues), _recipients(clues), _known(clues))
    return tuple(sign for part in found for sign in part)


def _headers(clues: Clues) -> Iterator[Sign]:
    if clues.null_path:
        yield Sign(Speaks.MACHINE, "header", "Return-Path: <>", "no answer is wanted: bounces, notes and robots")
    seen: set[str] = set()
    for name, value in clues.message.headers:
        row = next(((speaks, says) for speaks, table, says in _TABLES if header_in(table, name, value)), None)
        if row and name not in seen and len(seen) < _MOST:
            seen.add(name)
            yield Sign(row[0], "header", f"{name.title()}: {value}", row[1])
    if report := clues.message.report:
        yield Sign(Speaks.MACHINE, "header", f"Content-Type: multipart/report; {report.report_type}", "a report")
    if method := clues.message.calendar_method:
        yield Sign(Speaks.EITHER, "header", f"text/calendar; method={method}", "a calendar's message is in it")
    if program := desk(clues):
        yield Sign(Speaks.PERSON, "header", program, "a program that people write with")
    if sender := program_of(clues):
        yield Sign(Speaks.EITHER, "header", sender, "a program or service that sends for many, people's forms, too")


_TABLES = (
    (Speaks.MACHINE, PROOF, "only machines write it"),
    (Speaks.MACHINE, CAMPAIGN, "newsletters and campaigns carry it"),
    (Speaks.EITHER, MASS, "on mass mail, and on people's mail through a list"),
    (Speaks.EITHER, dict.fromkeys(_WISH, ("",)), "a wish of the sender's system, on people's mail, too"),
)


def _sender(clues: Clues) -> Iterator[Sign]:
    if clues.form:
        yield Sign(Speaks.PERSON, "header", clues.form, "the person behind a form or list that the configuration names")
    for where, address in (("From", clues.message.author), ("the person behind it", clues.sender)):
        if address and is_nobody(address):
            yield Sign(Speaks.MACHINE, "header", f"{where}: {address.addr}", "an address that no person reads")
            return


def _said(clues: Clues) -> Iterator[Sign]:
    yield from _phrases("subject", clues.titled)
    yield from _phrases("text", clues.body)


def _phrases(where: str, said: Said) -> Iterator[Sign]:
    hits = sorted(said.hits, key=lambda hit: (hit.at, hit.phrase.says, hit.phrase.language))
    seen: set[tuple[str, str]] = set()
    for phrase in (hit.phrase for hit in hits):
        if phrase.says not in _ANYBODYS and (phrase.text, phrase.says) not in seen and len(seen) < _MOST:
            seen.add((phrase.text, phrase.says))
            yield Sign(_speaks(phrase.says), where, phrase.text, phrase.says, phrase.language)


def _speaks(says: str) -> Speaks:
    if says in _PERSONS:
        return Speaks.PERSON
    return Speaks.EITHER if says in _EITHERS else Speaks.MACHINE


def _shapes(clues: Clues) -> Iterator[Sign]:
    if clues.reply:
        yield Sign(Speaks.PERSON, "subject", "Re:", "it begins as a person's answer does")
    if clues.forward:
        yield Sign(Speaks.PERSON, "text", "forwarded", "somebody passes on another's mail")
    if clues.quoted:
        yield Sign(Speaks.PERSON, "text", "quoted", "it quotes what it answers; what is quoted was not judged")
    if name := signed(clues):
        yield Sign(Speaks.PERSON, "text", name, "the writer's own name stands below")
    if clues.asks:
        yield Sign(Speaks.PERSON, "text", "?", "it asks something")
    if threaded := clues.message.in_reply_to or clues.message.references:
        yield Sign(Speaks.EITHER, "header", f"In-Reply-To: {threaded[0]}", "it answers a mail, as people and robots do")


def _recipients(clues: Clues) -> Iterator[Sign]:
    ours = clues.evidence.ours
    for group, name in ((ours.support, "support"), (ours.escalate, "escalate")):
        if field := named_in(group, clues.message, "to", "cc", "resent", "delivered"):
            yield Sign(Speaks.EITHER, "recipients", f"{field.title()}: the {name} address", "it is addressed to us")
    if ours.mailboxes and not named_in(ours.mailboxes, clues.message, "to", "cc", "resent"):
        yield Sign(Speaks.EITHER, "recipients", "none of our addresses", "neither To nor Cc names us")


def _known(clues: Clues) -> Iterator[Sign]:
    evidence = clues.evidence
    if haste := clues.haste:
        yield Sign(Speaks.MACHINE, "ticket", haste, "faster than anybody opens a mail and types")
    if link := evidence.link:
        said = f"{link.known} of ticket {link.ticket} ({link.by})"
        yield Sign(Speaks.EITHER, "ticket", said, f"its sender is {link.standing} there")
    if evidence.staff_token:
        yield Sign(Speaks.PERSON, "ticket", "staff token", "a member of staff answers a notice of ours")
    passed, told = authenticate(evidence)
    value = told or f"authenticated: {passed}"
    says = "what servers that we trust say of From" if told else "no server that we trust says anything of From"
    yield Sign(Speaks.EITHER, "servers", value, says)
