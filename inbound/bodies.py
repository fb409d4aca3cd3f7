"""Bodies: which parts of a mail are its text, which are attachments, and what they hold. Never raises."""

import hashlib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from inbound import charsets, markup, transfer
from inbound.limits import Limits
from inbound.message import Attachment
from inbound.part import Part

_METHOD = re.compile(rb"^METHOD[ \t]*:[ \t]*([A-Za-z-]{1,30})", re.IGNORECASE | re.MULTILINE)
_TEXTS = frozenset(("text/plain", "text/html"))
_NO_TEXT = frozenset(("text/calendar", "text/rfc822-headers", "text/x-amp-html", "text/vcard", "text/x-vcard"))


@dataclass(frozen=True, slots=True)
class Leaf:
    """A part that holds no parts, with its place."""

    part: Part
    data: bytes  # decoded
    attached: bool  # it, or a container that it is in, calls itself an attachment
    related: bool  # in a multipart/related

    @property
    def kind(self) -> str:
        return self.part.kind

    @property
    def is_body(self) -> bool:
        return self.kind in _TEXTS and not self.attached and not self.part.filename


# Where no part is a body in the strict sense, the first of these that has a text is one.
_SECOND_BEST: tuple[Callable[[Leaf], bool], ...] = (
    lambda leaf: leaf.kind in _TEXTS and not leaf.attached,
    lambda leaf: leaf.kind.startswith("text/") and leaf.kind not in _NO_TEXT and not leaf.attached,
    lambda leaf: leaf.kind.startswith("multipart/"),  # its boundary is missing, or nowhere in it
)


@dataclass(frozen=True, slots=True)
class Bodies:
    """What a mail holds."""

    text: str
    html: str
    attachments: tuple[Attachment, ...]
    leaves: tuple[Leaf, ...]
    kinds: tuple[str, ...]
    calendar_method: str
    digest: str  # one for all encodings of the same contents
    defects: tuple[str, ...]


def read(root: Part, limits: Limits) -> Bodies:
    """Everything below the headers, decoded."""
    leaves = {id(leaf.part): leaf for leaf in _leaves(root, attached=False, related=False)}
    everything = tuple(leaves.values())
    texts = _Texts(limits)
    chosen = tuple(leaf for leaf in _chosen(root, leaves, texts) if texts.of(leaf).strip()) or _second_best(
        root, everything, texts
    )
    html = "\n".join(texts.source(leaf) for leaf in everything if leaf.is_body and leaf.kind == "text/html")
    return Bodies(
        text=texts.cut("text", "\n".join(texts.of(leaf).strip("\n") for leaf in chosen), limits.text),
        html=texts.cut("html", html, limits.html),
        attachments=tuple(_attachment(leaf) for leaf in attached(everything)),
        leaves=everything,
        kinds=tuple(part.kind for part in root.walk() if isinstance(part, Part)),
        calendar_method=_calendar_method(everything),
        digest=_digest(everything),
        defects=tuple(texts.defects),
    )


def attached(leaves: tuple[Leaf, ...]) -> tuple[Leaf, ...]:
    """The leaves that are attachments, in order."""
    return tuple(leaf for leaf in leaves if not leaf.is_body and not leaf.kind.startswith("multipart/"))


def leaves_of(root: Part) -> tuple[Leaf, ...]:
    """All leaves, depth first."""
    return tuple(_leaves(root, attached=False, related=False))


class _Texts:
    """Decodes each leaf once, and remembers what was odd."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.defects: list[str] = []
        self._sources: dict[int, str] = {}
        self._texts: dict[int, str] = {}

    def source(self, leaf: Leaf) -> str:
        """The leaf's characters, as they are."""
        key = id(leaf)
        if key not in self._sources:
            most = 4 * self.limits.html
            whole = len(leaf.data) <= most
            source, defect = charsets.decode(leaf.data[:most], leaf.part.parameters.get("charset", ""), whole=whole)
            self.defects += [defect] if defect else []
            self._sources[key] = charsets.clean(source)
        return self._sources[key]

    def of(self, leaf: Leaf) -> str:
        """What a reader sees of the leaf."""
        key = id(leaf)
        if key not in self._texts:
            source = self.source(leaf)
            if leaf.kind == "text/html":
                source = charsets.clean(markup.text(source[: self.limits.html]))
            self._texts[key] = source
        return self._texts[key]

    def cut(self, cap: str, text: str, most: int) -> str:
        if len(text) > most:
            self.defects.append(f"{cap}: over {most}")
        return text[:most]


def _leaves(part: Part, *, attached: bool, related: bool) -> Iterator[Leaf]:
    attached = attached or part.disposition == "attachment"
    if not part.is_multipart():
        yield Leaf(part, transfer.content(part), attached, related)
        return
    for child in part.children:
        yield from _leaves(child, attached=attached, related=related or part.kind == "multipart/related")


def _chosen(part: Part, leaves: dict[int, Leaf], texts: _Texts) -> tuple[Leaf, ...]:
    """The bodies that make up the text: of alternatives the plain one, of the rest all."""
    if not part.is_multipart():
        leaf = leaves[id(part)]
        return (leaf,) if leaf.is_body else ()
    found = [_chosen(child, leaves, texts) for child in part.children]
    if part.kind == "multipart/alternative":
        return _alternative(found, texts)
    return tuple(leaf for number, each in enumerate(found) for leaf in each if not _repeats(number, found, texts))


def _alternative(found: list[tuple[Leaf, ...]], texts: _Texts) -> tuple[Leaf, ...]:
    for each in found:
        if any(_plain(leaf, texts) for leaf in each):
            return each
    return next((each for each in reversed(found) if each), ())


def _repeats(number: int, found: list[tuple[Leaf, ...]], texts: _Texts) -> bool:
    """Whether this is HTML that directly follows a plain text: its alternative, from a mailer that names it mixed."""
    if not number or len(found[number]) != 1 or found[number][0].kind != "text/html":
        return False
    before = found[number - 1]
    return len(before) == 1 and _plain(before[0], texts)


def _plain(leaf: Leaf, texts: _Texts) -> bool:
    return leaf.kind == "text/plain" and bool(texts.of(leaf).strip())


def _second_best(root: Part, leaves: tuple[Leaf, ...], texts: _Texts) -> tuple[Leaf, ...]:
    trials = [leaf for fits in _SECOND_BEST for leaf in leaves if fits(leaf)]
    if not root.is_multipart() and root.kind.startswith("text/"):
        trials += leaves  # a mail that is one text and calls itself an attachment
    return next(((leaf,) for leaf in trials if texts.of(leaf).strip()), ())


def _attachment(leaf: Leaf) -> Attachment:
    part = leaf.part
    inline = part.disposition == "inline" or (part.disposition == "" and leaf.related and bool(part.content_id))
    digest = hashlib.sha256(leaf.data).hexdigest()
    return Attachment(part.filename, leaf.kind, len(leaf.data), part.content_id, inline, digest)


def calendar(leaves: tuple[Leaf, ...]) -> Leaf | None:
    """The calendar part that counts, of several the first that is no attachment."""
    parts = [leaf for leaf in leaves if leaf.kind == "text/calendar"]
    return next((leaf for leaf in parts if not leaf.attached), next(iter(parts), None))


def _calendar_method(leaves: tuple[Leaf, ...]) -> str:
    """RFC 6047 §2.4: the parameter; else the property that it repeats, but not of an attachment: a person attached that."""
    leaf = calendar(leaves)
    if leaf is None:
        return ""
    line = None if leaf.attached else _METHOD.search(leaf.data[: 64 * 1024])
    stated = leaf.part.parameters.get("method", "") or (line[1].decode("ascii") if line else "")
    return stated.strip().upper()[:30] if stated.isascii() and stated.isprintable() else ""


def _digest(leaves: tuple[Leaf, ...]) -> str:
    """Transfer encodings and line ends change under way; what they hold does not."""
    total = hashlib.sha256()
    for leaf in leaves:
        text = leaf.kind.startswith("text/")
        data = leaf.data.replace(b"\r\n", b"\n").rstrip() if text else leaf.data
        total.update(f"{leaf.kind} {len(data)} ".encode())
        total.update(data)
    return total.hexdigest()
