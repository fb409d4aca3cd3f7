"""Without: a mail as it would be if one thing in it were missing. Each of these can be judged again; none is kept."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from classifier.clues import Clues
from classifier.phrases import Hit, Said, words
from classifier.reading import Reading, read
from classifier.subjects import heads
from classifier.verdict import Evidence
from inbound.message import Message

_MOST = 60  # things of one sort that are tried
_KEPT = words("from to cc subject date message-id received mime-version content-type content-transfer-encoding")
_LINE = 200  # characters of a line that are shown


@dataclass(frozen=True, slots=True)
class Without:
    """A mail that lacks one thing. `size` is how many characters that is: the least is the smallest change."""

    what: str
    size: int
    evidence: Evidence
    reading: Reading | None  # of the same Message; None where it has to be read again
    value: str = ""  # the header or the words themselves, as a rule quotes them

    def cited(self, said: str) -> bool:
        """Whether a rule's evidence names it."""
        return bool(self.value) and self.value.casefold() in said.casefold()


def each(clues: Clues) -> Iterator[Without]:
    """The mail without each single thing that a rule may have looked at."""
    evidence = clues.evidence
    for what, size, message in (*_headers(clues.message), *_texts(clues), *_parts(clues.message)):
        value = what.removeprefix("the header ").removeprefix("the sender ")
        yield Without(what, size, replace(evidence, message=message), None, value if value != what else "")
    known = read(clues.message)
    for what, text, reading in _phrases(known):
        yield Without(what, len(text), evidence, reading, f'"{text}"')
    for what, changed in _known(evidence):
        yield Without(what, len(what), changed, known)


def _headers(message: Message) -> Iterator[tuple[str, int, Message]]:
    names = dict.fromkeys(name for name, _ in message.headers if name not in _KEPT)
    for name in list(names)[:_MOST]:
        value = "<>" if name == "return-path" and message.return_path == "" else message.value(name)
        yield f"the header {name.title()}: {value}", len(name) + len(value), _bare(message, name)
    if message.from_:
        shown = message.from_[0].addr
        yield f"the sender {shown}", len(shown), _bare(message, "from")
    for field, name, addresses in (("To", "to", message.to), ("Cc", "cc", message.cc)):
        if addresses:
            shown = ", ".join(address.addr for address in addresses[:3])
            yield f"the recipients in {field}: {shown}", len(shown), _bare(message, name)


def _bare(message: Message, name: str) -> Message:
    """Without that header, and what was read from it."""
    bare = replace(message, headers=tuple(one for one in message.headers if one[0] != name))
    return _READ_FROM.get(name, _nothing)(bare)


def _nothing(message: Message) -> Message:
    return message


_READ_FROM: dict[str, Callable[[Message], Message]] = {
    "from": lambda bare: replace(bare, from_=()),
    "to": lambda bare: replace(bare, to=()),
    "cc": lambda bare: replace(bare, cc=()),
    "return-path": lambda bare: replace(bare, return_path=None),
    "in-reply-to": lambda bare: replace(bare, in_reply_to=()),
    "references": lambda bare: replace(bare, references=()),
    "reply-to": lambda bare: replace(bare, reply_to=()),
    "sender": lambda bare: replace(bare, sender=None),
}


def _texts(clues: Clues) -> Iterator[tuple[str, int, Message]]:
    message, new = clues.message, clues.new
    if message.subject:
        begin = message.subject[: heads(clues.subject)[-1] + 16].partition(":")[0]
        if (clues.reply or clues.forward) and len(begin) < len(message.subject):
            rest = message.subject[len(begin) + 1 :].lstrip()
            yield f'the "{begin}:" in front of the subject', len(begin) + 1, replace(message, subject=rest)
        yield f'the subject "{message.subject}"', len(message.subject), replace(message, subject="")
    if new and len(new) < len(message.text.strip()):
        yield "what is quoted or forwarded below it", len(message.text) - len(new), replace(message, text=new)
    lines = new.splitlines(keepends=True)
    for number, line in list(enumerate(lines))[:_MOST]:
        if line.strip():
            rest = "".join(lines[:number] + lines[number + 1 :]) + message.text[len(new) :]
            yield f'the line "{line.strip()[:_LINE]}"', len(line.strip()), replace(message, text=rest)


def _parts(message: Message) -> Iterator[tuple[str, int, Message]]:
    if message.report:
        bare = replace(message, report=None, content_type="multipart/mixed")
        yield "the report part", 1000, bare
    if message.calendar_method:
        parts = tuple(part for part in message.parts if part != "text/calendar")
        yield (
            "the calendar part",
            1000,
            replace(message, calendar_method="", appointment=None, parts=parts, content_type="text/plain"),
        )


def _phrases(known: Reading) -> Iterator[tuple[str, str, Reading]]:
    for text in _spoken(known.titled):
        yield f'the words "{text}" in the subject', text, replace(known, titled=_less(known.titled, text))
    for text in _spoken(known.body):
        yield f'the words "{text}" in the text', text, replace(known, body=_less(known.body, text))


def _spoken(said: Said) -> list[str]:
    return list(dict.fromkeys(hit.phrase.text for hit in said.hits))[:_MOST]


def _less(said: Said, text: str) -> Said:
    """Without these words, and without the longer phrases that need them."""
    hits = tuple(hit for hit in said.hits if not _holds(hit, text))
    return Said(hits, frozenset(hit.phrase.says for hit in hits))


def _holds(hit: Hit, text: str) -> bool:
    return text in hit.phrase.text


def _known(evidence: Evidence) -> Iterator[tuple[str, Evidence]]:
    """What is not in the mail: what the ledger and the configuration know of it."""
    if evidence.link:
        yield "its ticket", replace(evidence, link=None)
    if evidence.staff_token:
        yield "the staff token", replace(evidence, staff_token=False)
    if evidence.seconds is not None:
        yield "the haste in which it came", replace(evidence, seconds=None)
    if evidence.own:
        yield "the id that is ours", replace(evidence, own=False)
    if evidence.duplicate_of is not None:
        yield "the earlier delivery", replace(evidence, duplicate_of=None)
    if evidence.mailbox == "escalate":
        yield "the escalate mailbox that it came to", replace(evidence, mailbox="")
    ours = evidence.ours
    for rule in ours.rules[:_MOST]:
        rest = tuple(one for one in ours.rules if one is not rule)
        yield f'the rule "{rule.name}" of the configuration', replace(evidence, ours=replace(ours, rules=rest))
    for report in ours.reports[:_MOST]:
        left = tuple(one for one in ours.reports if one is not report)
        yield f'the report rule "{report.name}"', replace(evidence, ours=replace(ours, reports=left))
