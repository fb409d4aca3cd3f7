"""Parts: a file, or several parts together, as MIME entities (RFC 2045, 2046, 2183, 2231). Bytes only; no words of a mail."""

import base64
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import quote

from outbound.file import File
from outbound.headers import fold, prove

PLAIN = re.compile(r"[ !#-\[\]-~]{1,50}")  # may stand in quotes as it is (RFC 2045 §5.1)
SEGMENT = 50  # octets of an encoded value in one parameter: the line stays within 78
# A mail or a multipart must not be encoded (RFC 2046 §5.2.1), and must not be taken for a part of ours.
TYPE = re.compile(r"(?:application|audio|font|image|model|text|video)/[a-z0-9][a-z0-9.+-]{0,100}")
ANY = "application/octet-stream"
Header = tuple[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Entity:
    """Content headers, and what follows them."""

    headers: tuple[Header, ...]
    body: bytes

    def octets(self) -> bytes:
        """As a part of another one, with CRLF at the end. Raises ValueError where its headers do not come out as they went in."""
        return head(self.headers) + self.body + b"\r\n"


def head(headers: Sequence[Header]) -> bytes:
    """A header block with its blank line, UTF-8 where an address needs it (RFC 6532). Raises ValueError as `prove` does."""
    return _proved(tuple([(name, tuple(words)) for name, words in headers]))


@lru_cache(maxsize=16)  # the words of all mails have the same above them
def _proved(headers: tuple[tuple[str, tuple[str, ...]], ...]) -> bytes:
    block = "\r\n".join(fold(name, words) for name, words in headers).encode() + b"\r\n\r\n"
    prove(block, headers)
    return block


def together(kind: str, boundary: str, parts: Sequence[Entity]) -> Entity:
    """A multipart (RFC 2046 §5.1); one part alone stays as it is."""
    if len(parts) == 1:
        return parts[0]
    line = b"--" + boundary.encode()
    body = b"".join(line + b"\r\n" + part.octets() for part in parts) + line + b"--\r\n"
    return Entity((("Content-Type", [f"multipart/{kind};", f'boundary="{boundary}"']),), body)


def attached(file: File) -> Entity:
    """A file beside the words."""
    return _file(file, ("Content-Disposition", ["attachment;", *parameter("filename", file.name)]))


def shown(file: File, content_id: str) -> Entity:
    """A picture within the words, which name it by its id (RFC 2392)."""
    where = ("Content-Disposition", ["inline;", *parameter("filename", file.name)])
    return _file(file, where, ("Content-ID", [f"<{content_id}>"]))


def parameter(name: str, value: str) -> list[str]:
    """A parameter as words: in quotes, or as RFC 2231 has it, in segments that break no character."""
    if PLAIN.fullmatch(value):
        return f'{name}="{value}"'.split(" ")
    segments = [""]
    for character in value:
        coded = quote(character, safe="")
        if len(segments[-1]) + len(coded) > SEGMENT:
            segments.append("")
        segments[-1] += coded
    if len(segments) == 1:
        return [f"{name}*=utf-8''{segments[0]}"]
    charset = "utf-8''"
    marked = [f"{name}*{place}*={'' if place else charset}{said}" for place, said in enumerate(segments)]
    return [*(f"{one};" for one in marked[:-1]), marked[-1]]


def _file(file: File, *more: Header) -> Entity:
    kind = file.content_type if TYPE.fullmatch(file.content_type) else ANY
    headers = (("Content-Type", [kind]), *more, ("Content-Transfer-Encoding", ["base64"]))
    return Entity(headers, base64.encodebytes(file.data).replace(b"\n", b"\r\n").removesuffix(b"\r\n"))
