"""Renderer: a notice and its facts become the final bytes of a mail. Pure; a template that fails is a RenderError."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from email.utils import format_datetime
from functools import partial
from pathlib import Path
from urllib.parse import quote

from jinja2.exceptions import TemplateError, TemplateNotFound, TemplateSyntaxError, UndefinedError

from outbound.facts import Facts, vocabulary
from outbound.file import File
from outbound.headers import ID, addr_fault, address_words, chain, clean_header, own_fault, text_words
from outbound.invitation import written
from outbound.mime import assemble, clean_body
from outbound.pictures import TYPES, placed
from outbound.proof import faults
from outbound.samples import samples
from outbound.templates import Templates
from outbound.wording import ENGLISH, paragraphs
from workflow.decision import Audience, Notice
from workflow.machine import Nature, Workflow

# RFC 3834 §5. A person's mail has none of it, so that an out-of-office note can come back.
SUBMITTED = {
    Nature.ACKNOWLEDGEMENT: "auto-replied",
    Nature.AUTOMATIC: "auto-generated",
    Nature.STAFF: "auto-generated",
    Nature.DIGEST: "auto-generated",
}
# What a template of an operator may raise; MemoryError and the like are not the template's.
FAILURES = (TemplateError, ValueError, TypeError, ArithmeticError, LookupError, AttributeError, RuntimeError, OSError)
DEADLINE = "deadline.txt"  # of a notice: when nothing heard will close the request
Header = tuple[str, list[str]]


@dataclass(frozen=True, slots=True)
class Rendered:
    """A mail, ready to be queued: `raw` are its final bytes with CRLF, ASCII unless the recipient's address is not."""

    subject: str
    raw: bytes
    message_id: str
    text: str  # what a reader without HTML sees
    html: str  # what others see; pictures by their Content-IDs
    language: str = ENGLISH  # in which it is told


class RenderError(Exception):
    """A notice that cannot be sent as it is; `reason` names the file or the address, and what is wrong with it."""

    def __init__(self, notice: Notice, reason: str) -> None:
        super().__init__(f"{notice.workflow}/{notice.name}: {reason}")
        self.notice = notice
        self.reason = reason


class Renderer:
    """Holds the compiled templates: ours, and before them those of the operator's folder, one file at a time."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folders = [folder] if folder else []
        self._templates = Templates(folder)

    def render(self, notice: Notice, facts: Facts) -> Rendered:
        """The mail of a notice: the same facts give the same bytes. Raises RenderError."""
        language = self._language(notice, facts)
        names = vocabulary(notice, facts, language)
        subject = clean_header(self._fill(notice, "subject.txt", language, names))
        said = clean_body(self._fill(notice, "body.txt", language, names)).strip()
        text = self._fill(notice, "body.txt", language, names | {"words": said}, folder="_base")
        shown = names | {"words": paragraphs(said), "mail_subject": subject}
        html = self._fill(notice, "body.html", language, shown)
        html, pictures, rest = placed(html, facts.message_id, facts.files, partial(self._picture, notice))
        try:
            raw = assemble(
                _headers(notice, facts, subject), facts.message_id, text, html, pictures, rest, _calendar(facts)
            )
        except ValueError as error:
            raise RenderError(notice, str(error)) from error
        return Rendered(subject, raw, facts.message_id, text, html, language)

    def words(self, notice: Notice, facts: Facts) -> str:
        """What a notice says, for a person who goes on from there; without its deadline, which stands beside their words, too. Raises RenderError."""
        language = self._language(notice, facts)
        fill = partial(self._fill, notice, language=language, names=vocabulary(notice, facts, language))
        said = clean_body(fill("body.txt"))
        if self._templates.has(f"{notice.path}/{DEADLINE}"):
            said = said.replace(clean_body(fill(DEADLINE)).strip(), "")
        return "\n\n".join(part.strip() for part in said.split("\n\n") if part.strip())

    def names(self, workflow: str) -> frozenset[str]:
        """The notices of a workflow that have all their files."""
        return self._templates.names(workflow)

    def _language(self, notice: Notice, facts: Facts) -> str:
        """That of the facts where all of the mail can be told in it, else English: never a subject in one and a text in another."""
        wanted = facts.language
        if notice.audience is Audience.STAFF or self._templates.lacking(notice.path, wanted):
            return ENGLISH
        meant = facts.status is None or notice.nature is Nature.PERSONAL or wanted in facts.status.meanings
        return wanted if meant else ENGLISH

    def check(self, workflow: Workflow) -> list[RenderError]:
        """Renders every notice of the workflow with sample facts, in each of its languages, and proves it; gives each fault once."""
        return [fault for _, _, fault in self.tried(workflow) if fault]

    def languages(self, workflow: Workflow) -> list[str]:
        """English, and every language that one of its notices has words in."""
        spoken = {
            language for name in workflow.notices for language in self._templates.languages(f"{workflow.name}/{name}")
        }
        return [ENGLISH, *sorted(spoken - {ENGLISH})]

    def tried(
        self, workflow: Workflow, languages: Collection[str] = ()
    ) -> Iterator[tuple[Notice, Rendered | None, RenderError | None]]:
        """Every sample with its mail, then each of its faults, told once. Where languages are named, whole notices must not lack."""
        told: set[str] = set()
        for notice, facts in samples(workflow):
            ours = languages or self._templates.languages(notice.path)
            for language in sorted(ours) if notice.audience is Audience.CLIENT else [ENGLISH]:
                made, found = self._tried(notice, replace(facts, language=language))
                yield notice, made, None
                for fault in found:
                    if str(fault) not in told:
                        told.add(str(fault))
                        yield notice, None, fault

    def _tried(self, notice: Notice, facts: Facts) -> tuple[Rendered | None, list[RenderError]]:
        if lacking := self._templates.lacking(notice.path, facts.language):
            return None, [RenderError(notice, f"it is not told in {facts.language}: add {', '.join(lacking)}")]
        try:
            made = self.render(notice, facts)
        except RenderError as error:
            return None, [error]
        if made.language != facts.language and facts.status:
            lost = f'status "{facts.status.key}" is not told in {facts.language}: add it to [meanings.{facts.language}]'
            return made, [RenderError(notice, lost)]
        inside = "" if made.language == ENGLISH else f"in {made.language}: "
        return made, [
            RenderError(notice, f"{inside}{fault}") for fault in faults(made.subject, made.text, made.html, made.raw)
        ]

    def _picture(self, notice: Notice, name: str) -> File:
        """A picture beside the templates: in the notice's folder, or for all mails in `_base`."""
        kind = TYPES.get(name.rpartition(".")[2])
        places = [folder / below / name for folder in self._folders for below in (notice.path, "_base")]
        found = next((place for place in places if kind and place.is_file()), None)
        if found is None or kind is None:
            raise RenderError(
                notice, f"{notice.path}/{name} is missing: add it, a .png, .jpg or .gif, or put it in _base"
            )
        return File(name, kind, found.read_bytes())

    def _fill(self, notice: Notice, file: str, language: str, names: Mapping[str, object], folder: str = "") -> str:
        path = self._templates.file(f"{folder or notice.path}/{file}", language)
        try:
            filled = self._templates.fill(path, language, names)
        except FAILURES as error:
            raise RenderError(notice, f"{path}: {_reason(notice, error)}") from error
        if not filled.strip():
            raise RenderError(notice, f"{path}: it comes out empty: give it words")
        return filled


def _reason(notice: Notice, error: Exception) -> str:
    match error:
        case TemplateNotFound():
            return f"templates/mail/{error.name} is missing: add it"
        case TemplateSyntaxError():
            return f"{error.name}, line {error.lineno}: {error.message}"
        case UndefinedError() if notice.nature is Nature.ACKNOWLEDGEMENT:
            return f"{error.message} (an acknowledgement repeats nothing that people wrote)"
        case _:
            return f"{type(error).__name__}: {error}"


def _headers(notice: Notice, facts: Facts, subject: str) -> list[Header]:
    faults = {
        "recipient": addr_fault(notice.recipient.addr),
        "sender": own_fault(facts.sender.addr),
        "reply address": own_fault(facts.reply_to) if facts.reply_to else "",
        "address to unsubscribe": addr_fault(facts.unsubscribe) if facts.unsubscribe else "",
    }
    for role, fault in faults.items():
        if fault:
            raise ValueError(f"the {role} {fault}")
    if not ID.fullmatch(facts.message_id):
        raise ValueError("its Message-ID is none")
    # To is the bare address: a name there would be the sender's own words again (T07, T19).
    always: list[Header] = [
        ("From", address_words(facts.sender)),
        ("To", [notice.recipient.addr]),
        ("Subject", text_words(subject)),
        ("Date", [format_datetime(facts.date.astimezone(facts.zone))]),
        ("Message-ID", [facts.message_id]),
    ]
    return always + _thread(facts) + _robot(notice, facts) + _list(notice, facts)


def _calendar(facts: Facts) -> tuple[str, bytes] | None:
    """The invitation with its method, in its final octets."""
    invitation = facts.invitation
    return (invitation.method, written(invitation, facts.date)) if invitation else None


def _thread(facts: Facts) -> list[Header]:
    references = chain(facts.in_reply_to, facts.references)
    return [
        *([("Reply-To", [facts.reply_to])] if facts.reply_to else []),
        *([("In-Reply-To", [facts.in_reply_to])] if ID.fullmatch(facts.in_reply_to) else []),
        *([("References", list(references))] if references else []),
    ]


def _robot(notice: Notice, facts: Facts) -> list[Header]:
    submitted = SUBMITTED.get(notice.nature)
    if submitted is None:
        return []
    return [
        ("Auto-Submitted", [submitted]),
        ("X-Auto-Response-Suppress", ["All"]),
        ("X-Postroom-Loop", [facts.message_id]),
    ]


def _list(notice: Notice, facts: Facts) -> list[Header]:
    """RFC 2919 §2, RFC 2369 §3.2 and RFC 8058 §3.1, of what goes out again and again (S26).

    A page behind http cannot promise that one POST is all; each header stands once and alone, as DKIM signs it.
    """
    found: list[Header] = []
    if notice.nature is Nature.DIGEST:
        found.append(("List-Id", ["postroom", "digest", f"<digest.{facts.sender.domain}>"]))
    if facts.leave:
        found.append(("List-Unsubscribe", [f"<{facts.leave}>"]))
    elif facts.unsubscribe:
        mailto = f"<mailto:{quote(facts.unsubscribe, safe='@')}?subject=unsubscribe%20digest>"
        found.append(("List-Unsubscribe", [mailto]))
    if facts.leave.startswith("https:"):
        found.append(("List-Unsubscribe-Post", ["List-Unsubscribe=One-Click"]))
    return found
