"""Part: a part of a mail, its headers read under limits and handed on in a form that no parser trips over. Decodes no text."""

import re
from collections import Counter
from dataclasses import dataclass, field
from email.message import Message
from email.policy import Compat32, compat32
from typing import Any

from inbound import charsets, filenames, headers, parameters, transfer
from inbound.limits import Limits

_WORD = re.compile(r"=\?([^?]*)\?")
# What is kept where there are too many headers, and how many of each.
_MATTERS = frozenset(
    [
        "from",
        "sender",
        "reply-to",
        "to",
        "cc",
        "subject",
        "date",
        "message-id",
        "in-reply-to",
        "references",
        "return-path",
        "delivered-to",
        "x-original-to",
        "envelope-to",
        "content-type",
        "content-transfer-encoding",
        "content-disposition",
        "content-id",
        "auto-submitted",
        "precedence",
        "x-auto-response-suppress",
        "x-postroom-loop",
        "list-id",
        "list-unsubscribe",
        "authentication-results",
    ],
)
_OF_EACH = 3
# mail-parser would spend a third of its time on these, and nobody asks it about them.
_TRACE = frozenset(
    ("received", "x-received", "dkim-signature", "arc-seal", "arc-message-signature", "arc-authentication-results"),
)


class OverCapError(Exception):
    """A mail has more of something than may be read. `args[0]` names the cap."""


@dataclass(slots=True)
class Tally:
    """What one mail has cost so far."""

    limits: Limits
    allowed: int  # multiparts that this mail may have
    multiparts: int = 0
    parts: int = 0
    head: int = 0
    headers: int = 0
    seen: Counter[str] = field(default_factory=Counter)
    defects: list[str] = field(default_factory=list)


class Part(Message):
    """A part whose content headers we have read ourselves, and handed on in a form that no parser trips over.

    A message/* part is a leaf: a forwarded mail's text is not ours, and its bytes stay as they came.
    """

    def __init__(self, tally: Tally, policy: Compat32 = compat32) -> None:
        super().__init__(policy)
        self.fields: list[tuple[str, str]] = []  # of the mail itself: names in lower case, values raw, capped
        self.parameters: dict[str, str] = {}
        self.disposition = ""
        self.filename = ""
        self.content_id = ""
        self._tally = tally
        self._kind = ""
        tally.parts += 1
        self._root = tally.parts == 1
        if tally.parts > tally.limits.parts:
            raise OverCapError(f"parts: over {tally.limits.parts}")

    @property
    def kind(self) -> str:
        """The content type, in lower case."""
        return self._kind or self.get_default_type()

    @property
    def children(self) -> list["Part"]:
        """The parts in it; a leaf has none."""
        payload = self.get_payload()
        return [child for child in payload if isinstance(child, Part)] if isinstance(payload, list) else []

    def get_content_type(self) -> str:
        return "application/octet-stream" if self.kind.startswith("message/") else self.kind

    def get_boundary(self, failobj: Any = None) -> Any:
        return self.parameters.get("boundary", "").rstrip() or failobj

    def set_raw(self, name: str, value: str) -> None:
        """The hook of the standard library's parser: every header of every part comes through here."""
        key = name.lower()
        if self._root and not self._admits(key, value):
            return
        value = self._capped(key, value)
        if self._root:
            self.fields.append((key, value))
        read = _CONTENT.get(key)
        if read is not None:
            read(self, value)
        elif self._root and key not in _TRACE:
            super().set_raw(name, _harmless(value))

    def _admits(self, key: str, value: str) -> bool:
        tally, limits = self._tally, self._tally.limits
        tally.headers += 1
        tally.head += min(len(value), limits.header)
        tally.seen[key] += 1
        if len(key) > 100:
            tally.defects.append("header: a name over 100 octets")
            return False
        if tally.headers <= limits.headers and tally.head <= limits.head:
            return True
        cap = f"headers: over {limits.headers}" if tally.headers > limits.headers else f"head: over {limits.head}"
        tally.defects.append(cap)
        return key in _MATTERS and tally.seen[key] <= _OF_EACH

    def _capped(self, key: str, value: str) -> str:
        limits = self._tally.limits
        most, cap = (limits.parameters, "parameters") if key in _PARAMETERS else (limits.header, "header")
        if self._root and self._tally.head > limits.head:
            most = min(most, limits.parameters)
        if len(value) > most:
            self._tally.defects.append(f"{cap}: {key} over {most}")
        return value[:most]

    def read_type(self, value: str) -> None:
        if self._kind:
            return
        kind, self.parameters = parameters.parse(value)
        self._kind = kind if kind.count("/") == 1 else "text/plain"
        self.filename = self.filename or filenames.clean(self.parameters.get("name", ""))
        if self._kind.startswith("multipart/") and self.get_boundary():
            self._tally.multiparts += 1
            if self._tally.multiparts > self._tally.allowed:
                raise OverCapError(f"multiparts: over {self._tally.allowed}")
        super().set_raw("Content-Type", self._canonical())

    def read_disposition(self, value: str) -> None:
        if not self.disposition:
            self.disposition, given = parameters.parse(value)
            self.filename = filenames.clean(given.get("filename", "")) or self.filename

    def read_encoding(self, value: str) -> None:
        if found := transfer.encoding(value):
            super().set_raw("Content-Transfer-Encoding", found)

    def read_id(self, value: str) -> None:
        self.content_id = headers.value(value[:_OF_ID]).strip("<> ")

    def _canonical(self) -> str:
        """What mail-parser is shown: a charset only if a codec stands behind it; a name for all that is no text."""
        shown = self.get_content_type()
        if shown.startswith("multipart/"):
            return shown
        if shown not in {"text/plain", "text/html"}:
            return f'{shown}; name="part"'
        codec = charsets.codec(self.parameters.get("charset", ""))
        return f'{shown}; charset="{codec}"' if codec else shown


_OF_ID = 1000
_PARAMETERS = frozenset(("content-type", "content-disposition"))
_CONTENT = {
    "content-type": Part.read_type,
    "content-disposition": Part.read_disposition,
    "content-transfer-encoding": Part.read_encoding,
    "content-id": Part.read_id,
}


def _harmless(value: str) -> str:
    """mail-parser decodes with whatever codec an encoded word names: one without a safe codec is not shown to it."""
    if all(charsets.codec(charset.partition("*")[0]) for charset in _WORD.findall(value)):
        return value
    return value.replace("=?", "= ?")
