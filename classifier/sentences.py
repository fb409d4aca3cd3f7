"""Sentences: a note as it is searched for dates: one spelling of letters, digits and dashes, a sentence a line. It understands nothing."""

import re
import unicodedata
from collections.abc import Iterator

CAP = 4000  # characters of a note that are read
_MOST = 100  # sentences
_INVISIBLE = "\u00ad\u0640\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff*"
_MARKS = {
    ord(char): same
    for chars, same in (
        ("’‘´ʼ`׳", "'"),
        ("“”„«»״‟", '"'),
        ("–—−‒―~〜～", " - "),
        (_INVISIBLE, ""),
        *zip("\u05be،ıłŁđĐøØ、，•", ("-", ",", "i", "l", "L", "d", "D", "o", "O", ", ", ", ", "\n"), strict=True),
        *((chr(zero + digit), str(digit)) for zero in (0x660, 0x6F0) for digit in range(10)),
    )
    for char in chars
}
_STOPS = (".", "!", "?", "。", "؟", ")")
_SHORT = 4  # letters of a shortened word that a name may follow
_WRAPPED = 50  # a line of so many characters goes on in the next one
_QUOTED = re.compile(r'(?:(?<=\s)|(?<=\())"[^"\n]{3,200}"(?=[\s,.;:)]|$)')
_JOINT = re.compile(r"(?:(?<=[/.]\d)|(?<=[/.]\d\d)|(?<=[/.]\d{4}))-(?=\d{1,2}[/.]\d)")  # 12/24-1/2
_END = re.compile(r"[!?;؟。！？]+\s*|\.(?:\s+|$)")
_HEBREW = re.compile(r"(?<=[א-ת])-?(?=\d)")
_HOUR = re.compile(
    r"\b(?:reggel|delelott|delutan|este) \d{1,2}-?(?:tol|ig|kor)\b", re.IGNORECASE
)  # no day: "reggel 8-tól"
_LAST_WORD = re.compile(r"([^\W\d_]*)\W?$")
_NUMBER = re.compile(r"\d$")
_PIECE = 500  # characters that are normalized at once


def level(text: str) -> str:
    """One spelling: no accents, no case, one kind of dash and apostrophe, digits of any script as they are."""
    return _low(_even(text))


def _low(even: str) -> str:
    return even.casefold().replace("\u0307", "")


def sentences(text: str, short: frozenset[str]) -> list[str]:
    """The sentences of a text, levelled. `short`: levelled words behind which, or behind whose number, a full stop ends nothing."""
    even = _JOINT.sub(" - ", _QUOTED.sub(" ", _HEBREW.sub(" ", _HOUR.sub(" ", _even(text[:CAP])))))
    found = (_low(" ".join(part.split())) for line in _lines(even, short) for part in _parts(line, short))
    return [part for part in found if part][:_MOST]


def _even(text: str) -> str:
    plain = text.translate(_MARKS)
    if plain.isascii():
        return plain.translate(_MARKS)
    # Whoever piles up marks by the thousand makes the order of them cost the square of their number.
    bare = "".join(_bare(plain[at : at + _PIECE]) for at in range(0, len(plain), _PIECE))
    return bare.translate(_MARKS)


def _bare(text: str) -> str:
    """Taken apart, letters lose their accents; put together again, Korean syllables are whole."""
    apart = unicodedata.normalize("NFKD", text)
    bare = apart if apart.isascii() else "".join(char for char in apart if unicodedata.category(char) != "Mn")
    return unicodedata.normalize("NFC", bare)


def _lines(text: str, short: frozenset[str]) -> Iterator[str]:
    """Lines as they were meant: what a mail program has wrapped is whole again."""
    whole: list[str] = []
    for line in map(str.strip, text.split("\n")):
        if whole and not _follows(whole[-1], line, short):
            yield " ".join(whole)
            whole = []
        whole += [line] if line else []
    yield " ".join(whole)


def _follows(before: str, line: str, short: frozenset[str]) -> bool:
    """Whether a line goes on with the one before it."""
    if not line:
        return before.endswith(":")
    wide = len(before) >= (_WRAPPED // 2 if _unspaced(before) else _WRAPPED)
    goes_on = line[0].islower() or line[0].isdigit() or level(line[:16]).partition(" ")[0].strip(",.") in short
    return wide or before.endswith((":", ",")) or (goes_on and not before.endswith(_STOPS))


def _unspaced(line: str) -> bool:
    return not line.isascii() and line.count(" ") * 12 < len(line)


def _parts(line: str, short: frozenset[str]) -> Iterator[str]:
    start = 0
    for end in _END.finditer(line):
        if end.group().startswith(".") and _goes_on(
            line[max(0, start, end.start() - 24) : end.start()], line[end.end() : end.end() + 24], short
        ):
            continue
        yield line[start : end.end()]
        start = end.end()
    yield line[start:]


def _goes_on(before: str, after: str, short: frozenset[str]) -> bool:
    """Whether a full stop between these belongs to a number or a shortened word."""
    if not after or after[0].islower():
        return bool(after)
    following = re.match(r"[^\W\d_]*", after)
    if _NUMBER.search(before):  # `3. Dezember`, `3. 12. 2026`
        return after[0].isdigit() or after[0] in "-(" or (following is not None and level(following.group()) in short)
    last = _LAST_WORD.search(before)
    word = last.group(1) if last else ""
    if len(word) == 1:
        return word.isupper() or after[0].isdigit()
    return level(word) in short and (after[0].isdigit() or len(word) <= _SHORT)
