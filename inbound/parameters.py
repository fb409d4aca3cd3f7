"""Parameters: a Content-Type or Content-Disposition taken apart (RFC 2045 §5.1, RFC 2231). Never raises, linear."""

import re
from urllib.parse import unquote_to_bytes

from inbound import charsets, headers

_TYPE = re.compile(r"[\s\"']*([\w.+-]+(?:/[\w.+-]+)?)", re.ASCII)
_PARAMETER = re.compile(r";[\s;]*+([^\s=;\"]+)\s*+=\s*+(\"[^\"\\]*+(?:\\.[^\"\\]*+)*+\"?|[^;]*+)")
_PAIR = re.compile(r"\\([\\\"])")
_SEGMENT = re.compile(r"([^*]+)(?:\*([0-9]{1,3}))?(\*)?")
_MOST = 64

Segments = dict[int, tuple[str, bool]]


def parse(raw: str) -> tuple[str, dict[str, str]]:
    """The value in lower case ("text/plain", "attachment"; "" where there is none), and the parameters, decoded.

    Names are in lower case. 8-bit octets stay as the standard library holds them: see `headers.octets`.
    """
    text = headers.unfold(raw)
    kind = _TYPE.match(text)
    plain: dict[str, str] = {}
    split: dict[str, Segments] = {}
    for number, found in enumerate(_PARAMETER.finditer(text)):
        if number == _MOST:
            break
        _add(found[1].lower(), _unquoted(found[2].strip()), plain, split)
    joined = {name: _joined(segments) for name, segments in split.items()}
    return kind[1].lower() if kind else "", plain | {name: value for name, value in joined.items() if value}


def _add(name: str, value: str, plain: dict[str, str], split: dict[str, Segments]) -> None:
    segment = _SEGMENT.fullmatch(name)
    if segment is None or (segment[2] is None and segment[3] is None):
        plain.setdefault(name, value)
        return
    split.setdefault(segment[1], {}).setdefault(int(segment[2] or 0), (value, bool(segment[3])))


def _unquoted(value: str) -> str:
    if value[:1] != '"':
        return value
    return _PAIR.sub(r"\1", value[1:].removesuffix('"'))


def _joined(segments: Segments) -> str:
    """RFC 2231 §3 and §4: segments from 0 on, without a gap; the charset stands in the first one."""
    charset, data, number = "", b"", 0
    while number in segments:
        value, extended = segments[number]
        if extended and not number and value.count("'") >= 2:
            charset, _, value = value.split("'", 2)
        octets = headers.octets(value)
        data += unquote_to_bytes(octets) if extended else octets.encode("utf-8", "replace")
        number += 1
    return charsets.decode(data, charset)[0]
