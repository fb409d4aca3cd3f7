"""Report: what a multipart/report says (RFC 6522): DSN (RFC 3464), MDN (RFC 8098), feedback (RFC 5965). Never raises."""

import re

from inbound import addresses, headers, tree
from inbound.bodies import Leaf
from inbound.limits import Limits
from inbound.message import Report

_READ = 256 * 1024  # octets of the machine-readable part
_MOST = 500  # recipients
_BLANK = re.compile(rb"\n[ \t]*\n")
_TYPES = {
    "message/delivery-status": "delivery-status",
    "message/global-delivery-status": "delivery-status",
    "message/disposition-notification": "disposition-notification",
    "message/global-disposition-notification": "disposition-notification",
    "message/feedback-report": "feedback-report",
}
_RETURNED = frozenset(
    ("message/rfc822", "message/global", "text/rfc822-headers", "message/rfc822-headers", "message/global-headers"),
)
_RECIPIENTS = ("final-recipient", "original-recipient", "original-rcpt-to")

Fields = dict[str, str]


def read(kind: str, parameters: dict[str, str], leaves: tuple[Leaf, ...], limits: Limits) -> Report | None:
    """The report in these leaves, or None where the mail is none. `kind` is the content type of the whole mail."""
    status = next((leaf for leaf in leaves if leaf.kind in _TYPES), None)
    if kind != "multipart/report" and (status is None or status.attached):
        return None
    stated = headers.value(parameters.get("report-type", "")).lower()
    groups = _groups(status, limits) if status else []
    message_id, sender = _original(leaves, groups, limits)
    return Report(
        report_type=stated or (_TYPES[status.kind] if status else ""),
        recipients=_recipients(groups),
        actions=tuple(action for group in groups if (action := _action(group))),
        statuses=tuple(code.split()[0] for group in groups if (code := group.get("status", ""))),
        diagnostics=tuple(text for group in groups if (text := _after_type(group.get("diagnostic-code", "")))),
        original_message_id=message_id,
        original_sender=sender,
    )


def returned_id(leaves: tuple[Leaf, ...], limits: Limits) -> str:
    """Message-ID of the mail that is attached, or whose headers are: bounces without a report return it so, too."""
    fields = _returned(leaves, limits)
    return next(iter(headers.ids(fields.get("message-id", ""), limits.identifier)), "")


def _groups(leaf: Leaf, limits: Limits) -> list[Fields]:
    """The groups of fields, of the mail and of each recipient (RFC 3464 §2.1)."""
    data = leaf.data[:_READ].replace(b"\r\n", b"\n").replace(b"\r", b"\n").strip()
    groups = _BLANK.split(data, maxsplit=_MOST)[:_MOST]
    return [{name: headers.value(raw) for name, raw in reversed(tree.fields(group, limits))} for group in groups]


def _recipients(groups: list[Fields]) -> tuple[str, ...]:
    found = (next((a for name in _RECIPIENTS if (a := addresses.first(group.get(name, "")))), "") for group in groups)
    return tuple(addr for addr in found if addr)


def _action(group: Fields) -> str:
    """Of a DSN "failed", "delayed" …; of an MDN what was done: "displayed", "deleted" … (RFC 8098 §3.2.6)."""
    stated = group.get("action", "") or group.get("disposition", "").rpartition(";")[2].partition("/")[0]
    return stated.partition("(")[0].strip().lower()


def _after_type(value: str) -> str:
    kind, semicolon, text = value.partition(";")
    return text.strip() if semicolon and " " not in kind.strip() else value


def _original(leaves: tuple[Leaf, ...], groups: list[Fields], limits: Limits) -> tuple[str, str]:
    """Message-ID and From of the mail that came back; of an MDN at least its Original-Message-ID."""
    fields = _returned(leaves, limits)
    stated = [fields.get("message-id", ""), *(group.get("original-message-id", "") for group in groups)]
    found = (one for value in stated for one in headers.ids(value, limits.identifier))
    return next(found, ""), addresses.first(fields.get("from", ""))


def _returned(leaves: tuple[Leaf, ...], limits: Limits) -> Fields:
    """The headers of the first mail, or header block, that is attached."""
    returned = next((leaf for leaf in leaves if leaf.kind in _RETURNED), None)
    return dict(reversed(tree.fields(returned.data.lstrip(), limits))) if returned else {}
