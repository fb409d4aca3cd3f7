"""Undelivered: what a bounce says, as one value, from its report (RFC 3464) or its plain text. It never judges whether a mail is one."""

import re
from dataclasses import replace

from classifier.failure import addressed, code_of, explained, reason_of, recipients_of, returned_ids
from classifier.phrases import Phrase, Said
from classifier.reading import Reading
from classifier.verdict import Bounce, Lasting
from inbound.message import Message, Report

_REASON = 300  # characters
_CAP = 64 * 1024  # characters of a text in which the copy of a mail's headers is looked for
_CODE = re.compile(r"[45]\d\d(?![\d.])")
_CLASS = {"5": Lasting.PERMANENT, "4": Lasting.TEMPORARY}


def bounce_of(message: Message, reading: Reading, original: str = "") -> Bounce:
    """What it says. `original`: the id of the mail that came back, where somebody knows it; else the first that is returned."""
    id_ = original or next(iter(returned(message)), "")
    report = message.report
    worded = _worded(message, reading, id_)
    if report and report.report_type == "delivery-status" and report.actions:
        return _reported(report, worded)
    return worded


def returned(message: Message) -> tuple[str, ...]:
    """The ids of mails that it returns: in its report, in what is attached, in its text. Anybody can write them."""
    report = message.report.original_message_id if message.report else ""
    text = message.text[:_CAP]
    low = text.lower()
    inside = returned_ids(text) if "message-id" in low or "x-postroom-loop" in low else ()
    return tuple(dict.fromkeys(one for one in (report, message.returned_id, *inside) if one))


def _reported(report: Report, worded: Bounce) -> Bounce:
    """RFC 3464 §2.3.3: only "failed" is a failure, and the status says whether for good; else the code in the diagnostic.

    What the report leaves out, the text beside it may say.
    """
    code = next((int(match[0]) for text in report.diagnostics if (match := _CODE.match(text))), worded.code)
    statuses = sorted((one for one in report.statuses if one[:1] in _CLASS), key=lambda one: one[0] != "5")
    lasting = _lasting([one[0] for one in statuses] or ([str(code)[0]] if code else []))
    reason = " ".join(report.diagnostics[:1])[:_REASON]
    return replace(
        worded,
        lasting=lasting if "failed" in report.actions else Lasting.DELAYED,
        recipients=tuple(dict.fromkeys(addr.lower() for addr in report.recipients)) or worded.recipients,
        status=next(iter(statuses), ""),
        code=code,
        reason=reason or worded.reason,
    )


def _lasting(classes: list[str]) -> Lasting:
    return next((_CLASS[one] for one in ("5", "4") if one in classes), Lasting.UNKNOWN)


def _worded(message: Message, reading: Reading, original: str) -> Bounce:
    lines = explained(message.text)
    code, status, at = code_of(lines)
    author = (message.author,) if message.author else ()
    others = frozenset(address.key for address in (*message.to, *message.cc, *author))
    failed = message.value("x-failed-recipients").lower().replace(",", " ").split()
    told = tuple(dict.fromkeys(one for one in failed[:20] if "@" in one))
    recipients = told or recipients_of(lines, others) or addressed(message.text)
    stated = status[:1] or str(code or "")[:1]
    return Bounce(
        lasting=_how_long(stated, reading.titled, reading.body),
        recipients=recipients,
        status=status,
        code=code,
        reason=reason_of(lines, at) if at >= 0 else _near(lines, recipients),
        original_message_id=original,
    )


def _how_long(stated: str, titled: Said, body: Said) -> Lasting:
    """A code is the best witness; words are believed where they say "for good", and a delay always."""
    # Of "Delivery Status Notification" and the same with "(Delay)" the longer one says it.
    title = max(
        (hit.phrase for hit in titled.hits if hit.phrase.says in {"delay", "failure"}), key=_length, default=None
    )
    says = title.says if title else ""
    if says == "delay" or (not says and "delayed" in body and "failed" not in body):
        return Lasting.DELAYED
    if stated in _CLASS:
        return _CLASS[stated]
    return Lasting.PERMANENT if "for good" in body else Lasting.UNKNOWN


def _length(phrase: Phrase) -> int:
    return len(phrase.text)


def _near(lines: list[str], recipients: tuple[str, ...]) -> str:
    """Without a code: what stands behind the address, or below it, or behind the next line that ends with a colon ("because:")."""
    for number, line in enumerate(lines) if recipients else ():
        at = line.lower().find(recipients[0])
        if at < 0:
            continue
        after = line[at + len(recipients[0]) :].strip(" \t>:;,.")
        if len(after) > 10 and not after.lower().startswith("on "):
            return after[:_REASON]
        below = [one for one in range(number + 1, len(lines)) if lines[one].strip()]
        return reason_of(lines, next((one for one in below if not lines[one].rstrip().endswith(":")), number))
    return ""
