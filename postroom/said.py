"""Said: what somebody of the staff says of a mail, and the mail with all that is known of it. It changes nothing."""

from dataclasses import dataclass, replace
from datetime import datetime

from classifier.classify import classify
from classifier.reading import Reading
from classifier.verdict import PEOPLES, PERSON, Kind, KindRule, Verdict
from inbound.message import Message
from postroom import rules
from postroom.acting import NotPossible
from postroom.app import App
from postroom.parsers import Parsers
from postroom.reading import Parsed
from store import beforehand, corrections, senders
from store.corrections import Filed
from store.gather import Gathered, gather
from store.incoming import MailState

OURS = frozenset({Kind.OWN_MAIL, Kind.DUPLICATE, Kind.STAFF_REPLY, Kind.STAFF_COMMAND})


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody of the staff says of a mail."""

    mail: int
    word: str  # one of rules.KINDS
    by: str
    note: str = ""
    remember: bool = False  # its sender's mail is spam from now on, or never is
    answer: bool = False  # the client gets the answer that the workflow has for such a mail


@dataclass(frozen=True, slots=True)
class Case:
    """A mail with all that is known of it, and what it is by staff's word."""

    filed: Filed
    message: Message
    reading: Reading
    gathered: Gathered
    verdict: Verdict
    echo: str


def word(text: str) -> str:
    """The kind that staff name, in any spelling. Raises NotPossible."""
    plain = text.strip().lower().replace("-", "_").replace(" ", "_")
    if plain in PERSON:
        raise NotPossible(f'say "{PEOPLES}": of which kind a person\'s mail is, its addresses and its ticket say')
    if plain in OURS:
        raise NotPossible(f"{plain} is known by ids alone: nobody can say it of a mail")
    try:
        return rules.kind(plain)
    except ValueError as error:
        raise NotPossible(f'"{text[:40]}" cannot be said of a mail: {error}') from None


def case_of(app: App, said: Said, parsers: Parsers[Parsed]) -> Case:
    """The mail, judged as staff say. Raises NotPossible where nothing can be said of it."""
    with app.database.read() as tx:
        filed = corrections.filed(tx, said.mail)
        _refuse(said, filed)
        raw = corrections.raw(tx, said.mail)
    (parsed,) = parsers.parse([raw])
    if not isinstance(parsed, Parsed):
        raise NotPossible(f"m{said.mail} cannot be read: {parsed.reason}")
    assert filed  # noqa: S101 - or it was refused
    gathered = looked_up(app, parsed.message, filed.account, filed.received_at)
    evidence = replace(gathered.evidence, said=KindRule(said.by, said.word))
    return Case(filed, parsed.message, parsed.reading, gathered, classify(evidence, parsed.reading), parsed.echo)


def looked_up(app: App, message: Message, account: str, received_at: datetime) -> Gathered:
    """What is known of a mail, as if it came for the first time."""
    with app.database.read() as tx:
        return gather(
            tx,
            message,
            ours=app.config.ours,
            role=app.box(account).settings.role,
            keys=app.keys,
            now=received_at,
            received_at=received_at,
            known={},
            persons=beforehand.persons(tx, [message], app.config.ours),
            words=senders.words(tx, [message], app.config.ours),
        )


def _refuse(said: Said, filed: Filed | None) -> None:
    if filed is None:
        raise NotPossible(f"there is no mail m{said.mail}")
    if filed.state == MailState.QUARANTINED:
        raise NotPossible(f"m{filed.id} is quarantined, and was never judged: postroom retry m{filed.id}")
    if filed.state == MailState.PENDING:
        raise NotPossible(f"m{filed.id} has not been judged yet: wait until it is")
    if filed.kind in OURS:
        raise NotPossible(f"m{filed.id} is {filed.kind}, known by its id or token: that is no guess to be corrected")
    if said.answer and said.word != PEOPLES:
        raise NotPossible("--answer is for a person's mail: a machine is never answered")
