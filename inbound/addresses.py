"""Addresses: the mailboxes of an address header (RFC 5322 §3.4, RFC 6532). Never raises, linear, trusts no parseaddr.

What is no valid addr-spec is dropped, with a defect; the forms that mailers get wrong in the same way are read.
"""

import re
import unicodedata
from dataclasses import dataclass, field

from inbound import headers
from inbound.message import Address

_TOKEN = re.compile(
    r"(?P<word>=\?[^?\s]{1,60}\?[bBqQ]\?[^?]{0,2000}\?=)"
    r'|(?P<quoted>"[^"\\]*+(?:\\.[^"\\]*+)*+")'
    r"|(?P<literal>\[[^\[\]\\]{0,100}\])"
    r"|(?P<special>[<>,;:()])"
    r'|(?P<text>[^<>,;:()"=\[\\]+|.)',
    re.DOTALL,
)
_BRACKET = re.compile(r"\\.|[()]", re.DOTALL)
_PAIR = re.compile(r"\\(.)", re.DOTALL)
_QUOTED = re.compile(r'"([^"\\]*+(?:\\.[^"\\]*+)*+)"', re.DOTALL)
_AROUND = re.compile(r"\s*([@.])\s*")
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~\u00a1-\U0010ffff-]+"
_DOT_ATOM = re.compile(rf"{_ATOM}(?:\.{_ATOM})*")
_DOTTED = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.\u00a1-\U0010ffff-]+")
_QUOTED_LOCAL = re.compile(r'"(?:[^"\\\x00-\x1f\x7f-\x9f]|\\[\x20-\x7e])*"')
_LABEL = re.compile(r"[A-Za-z0-9_\u00a1-\U0010ffff](?:[A-Za-z0-9_\u00a1-\U0010ffff-]*[A-Za-z0-9_\u00a1-\U0010ffff])?")
_LITERAL = re.compile(r"\[(?:IPv6:)?[0-9A-Fa-f:.]{2,45}\]", re.IGNORECASE)
_LONGEST_NAME = 150  # characters; notices and pages show it on one line
_LONGEST_ITEM = 1000  # characters that one address may take with its comments


@dataclass(slots=True)
class _Item:
    """One member of the list, as far as it was read."""

    phrase: list[str] = field(default_factory=list)
    angle: list[str] | None = None
    comments: list[str] = field(default_factory=list)
    inside: bool = False  # between "<" and ">"
    angles: int = 0

    def add(self, text: str) -> None:
        (self.angle if self.inside and self.angle is not None else self.phrase).append(text)


def parse(values: list[str], most: int) -> tuple[tuple[Address, ...], tuple[str, ...]]:
    """The mailboxes of all values of one header, in order, at most `most`; and the defects."""
    found: list[Address] = []
    defects: list[str] = []
    for value in values:
        for item in _items(headers.unfold(headers.octets(value))):
            address, defect = _address(item)
            found += [address] if address else []
            defects += [defect] if defect else []
            if len(found) > most:
                return tuple(found[:most]), (*defects, f"addresses: over {most}")
    return tuple(found), tuple(defects)


def first(value: str) -> str:
    """The first address of a value, or ""."""
    found, _ = parse([value], 1)
    return found[0].addr if found else ""


def spec(text: str) -> str:
    """A valid addr-spec (RFC 5322 §3.4.1), domain in lower case, in its one form; "" where it is none."""
    text = text.strip()
    if "@" not in text or len(text) > _LONGEST_ITEM:
        return ""
    text = unicodedata.normalize("NFC", text)
    if text.startswith("'") and text.endswith("'"):
        text = text[1:-1]
    local, _, domain = (text if text.startswith('"') else _AROUND.sub(r"\1", text)).rpartition("@")
    local, domain = _local(local.strip()), _domain(domain.strip())
    if not local or not domain or len(f"{local}@{domain}".encode()) > 254:
        return ""
    return f"{local}@{domain}"


def _local(text: str) -> str:
    if len(text.encode("utf-8", "replace")) > 64 or not _shown(text):
        return ""
    if _QUOTED_LOCAL.fullmatch(text):
        bare = _PAIR.sub(r"\1", text[1:-1])
        return bare if _DOT_ATOM.fullmatch(bare) else text
    if _DOT_ATOM.fullmatch(text):
        return text
    # Some carriers gave out "name." and "a..b": the same mailbox has a valid name within quotes.
    return f'"{text}"' if _DOTTED.fullmatch(text) else ""


def _domain(text: str) -> str:
    text = text.lower()
    if _LITERAL.fullmatch(text):
        return text
    text = text.removesuffix(".")
    if len(text.encode("utf-8", "replace")) > 255 or not _shown(text):
        return ""
    labels = text.split(".")
    return text if all(len(label) <= 63 and _LABEL.fullmatch(label) for label in labels) else ""


def _shown(text: str) -> bool:
    """Whether every character is one that a reader sees: no controls, spaces, bidi marks, zero-width, surrogates."""
    if text.isascii():
        return True
    return all(unicodedata.category(character)[0] not in "CZ" for character in text if not character.isascii())


def _items(text: str) -> list[_Item]:
    """The members of the list, split at the delimiters that are no part of a quoted string or a comment."""
    items: list[_Item] = []
    item, position, comments = _Item(), 0, True
    while token := _TOKEN.match(text, position):
        position = token.end()
        piece = token[0]
        if token.lastgroup != "special":
            # A quote that never closes is no quote, and neither are those after it.
            if piece == '"':
                text = text[:position] + text[position:].replace('"', " ")
            item.add(piece if piece != '"' else " ")
        elif piece == "(" and comments:
            end = _comment_end(text, position)
            comments = end > 0
            if comments:
                item.comments.append(text[position : end - 1])
                item.add(" ")
                position = end
        else:
            item = _special(piece, item, items)
    return [*items, item]


def _special(piece: str, item: _Item, items: list[_Item]) -> _Item:
    """What a delimiter does: it ends a member, or moves us into or out of the angle brackets."""
    if piece in ",;":
        if item.inside and item.angle and "".join(item.angle).lstrip().startswith("@"):
            return item  # RFC 5322 §4.4: the route of <@relay,@relay:mailbox>
        items.append(item)
        return _Item()
    if piece == ":":
        # The name of a group, a route, "mailto:": what stands before it is no address.
        if item.inside:
            item.angle = []
        else:
            item.phrase.clear()
    elif piece == "<":
        item.angles += not item.inside
        if item.angle is None:
            item.angle = []
        item.inside = True
    elif piece == ">":
        item.inside = False
    return item


def _comment_end(text: str, position: int) -> int:
    """Where the comment that opened before `position` ends; 0 where it never does."""
    depth = 1
    for bracket in _BRACKET.finditer(text, position):
        if bracket[0] in "()":
            depth += 1 if bracket[0] == "(" else -1
        if not depth:
            return bracket.end()
    return 0


def _address(item: _Item) -> tuple[Address | None, str]:
    phrase = "".join(item.phrase).strip()
    if item.angle is None:
        return _bare(phrase, item)
    inside = "".join(item.angle).strip()
    if item.angles > 1:
        return None, f"address: two in one, {_shortened(phrase)}"
    if addr := spec(inside):
        return Address(addr, _name(phrase) or _comment(item)), ""
    if not inside and not phrase:
        return None, ""
    return None, f"address: not valid, {_shortened(inside)}"


def _bare(phrase: str, item: _Item) -> tuple[Address | None, str]:
    if not phrase:
        return None, ""
    if addr := spec(phrase):
        return Address(addr, _comment(item)), ""
    # "Name user@example.com": the brackets are missing, and only the last word can be the address.
    name, _, last = phrase.rpartition(" ")
    if '"' not in last and "@" not in name and (addr := spec(last)):
        return Address(addr, _name(name)), "address: without angle brackets"
    return None, f"address: not valid, {_shortened(phrase)}"


def _name(phrase: str) -> str:
    """The display name: quotes and encoded words undone, white space folded."""
    if '"' in phrase:
        phrase = _QUOTED.sub(lambda quoted: _PAIR.sub(r"\1", quoted[1]), phrase)
    name = " ".join(headers.printable(headers.words(phrase)).split())
    bare = name[1:-1].strip() if len(name) > 2 and name[0] == name[-1] == "'" else name
    return bare[:_LONGEST_NAME].rstrip()


def _comment(item: _Item) -> str:
    return _name(item.comments[-1]) if item.comments else ""


def _shortened(text: str) -> str:
    return headers.printable(text)[:80]
