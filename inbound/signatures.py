"""Signatures: marks of one, what telephones add, and the line above a name with what stands below it. Linear; it never splits."""

import re

from inbound.mailers import fold, phrases

_DASHES = ("-", "—", "–", "_")
_MARK = 10  # characters of a mark at most
_LOOSE = 15  # lines that may follow "--" without its space
_BELOW = 15  # lines that may follow a closing
_LONGEST = 120  # characters of a line of a signature
_SENTENCE = 6  # words that make a sentence of a line with a full stop
_PROSE = 10  # words that make prose of a line without figures
_SHORT = 5  # characters of "mvh." and its like, which need no comma before the name
_NAMES = 4  # words of a name beside a closing
_DEVICE = 12  # words of a telephone's line
_EDGES = " \t\r*_~.,!;:-–—()[]<>\xa0。、，！"
_SENT_FROM: dict[str, tuple[str, ...]] = {}
for _phrase in sorted(phrases("sent from")):
    _SENT_FROM[_phrase[:3]] = (*_SENT_FROM.get(_phrase[:3], ()), _phrase)
_DEVICES = tuple(phrases("device"))
_OUTLOOK = re.compile(r"outlook \w{1,5} (?:ios|android|mac)", re.IGNORECASE)
_CLOSINGS = phrases("closing")
_LONG_CLOSINGS: dict[str, tuple[str, ...]] = {}  # by how they begin, longest first
for _phrase in sorted((one for one in _CLOSINGS if " " in one), key=len, reverse=True):
    _LONG_CLOSINGS[_phrase[:4]] = (*_LONG_CLOSINGS.get(_phrase[:4], ()), _phrase)
_TITLE = 2  # words that are no sentence
_DIGITS = 5  # of a telephone, or of a postal code
_REACHES = re.compile(r"[@|•·\[]|https?:|www\.", re.IGNORECASE)
_FIGURES = re.compile(r"[\d@|•·]|https?:|www\.")
_CASELESS = re.compile("[\u0590-\u06ff\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_UNSPACED = re.compile("[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff]")
_MORE = ("p.s", "ps:", "ps.", "ps ", "n.b", "nb:")


def marks(line: str, left: int) -> bool:
    """RFC 3676 §4.3: "-- "; many mailers strip the space, and some write one long dash."""
    if line[:1] not in _DASHES or len(line) > _MARK:
        return False
    if line in {"-- ", "--\xa0", "-- \r", "--  "}:
        return True
    return line.rstrip(" \r\xa0") in {"--", "—", "–", "___", "---"} and left <= _LOOSE


def sent_from(line: str) -> bool:
    """Sent from my iPhone."""
    if len(line) > _LONGEST:
        return False
    bare = line.strip(" \t\r*_<>[]")
    begins = bare[:3].casefold()
    starts = _SENT_FROM.get(begins if begins.isascii() else fold(begins))  # most lines begin otherwise
    folded = fold(bare) if starts else ""
    if starts and folded.startswith(starts) and len(folded.split()) <= _DEVICE:
        return any(device in folded for device in _DEVICES)
    return bare[:1] in {"O", "o"} and _OUTLOOK.fullmatch(bare) is not None


def closing(lines: list[str], own: list[int]) -> int | None:
    """Where the writer's own words end with a closing and a name; None where more than that follows, or nothing stands above."""
    for place in range(len(own) - 1, max(0, len(own) - _BELOW), -1):
        line = lines[own[place]]
        if _closes(line):
            if not _signed(lines, own[place + 1 :]):
                return None
            # 此致 / 敬礼: some closings take two lines.
            above = place - 1
            return (
                own[above]
                if above > 0 and fold(lines[own[above]][:_LONGEST]).strip(_EDGES) in _CLOSINGS
                else own[place]
            )
        if not _signs(line):
            return None
    return None


def _signed(lines: list[str], below: list[int]) -> bool:
    """Whether a name stands there, and below it nothing that may be a sentence: "It still fails" after the name is new."""
    first = below[: next((n for n in range(1, len(below)) if below[n] > below[n - 1] + 1), len(below))]
    if not all(_titled(lines[number]) for number in first):
        return False
    rest, paragraph = below[len(first) :], list[int]()
    for place, number in enumerate(rest):
        paragraph.append(number)
        if place + 1 == len(rest) or rest[place + 1] > number + 1:
            known = any(_reaches(lines[one]) for one in paragraph)
            if not known and any(len(lines[one].split()) > _TITLE or _UNSPACED.search(lines[one]) for one in paragraph):
                return False
            paragraph = []
    return True


def _titled(line: str) -> bool:
    """Whether half of its words at least have a capital, as names, offices and streets have."""
    words = [word.strip(_EDGES) for word in line.split()]
    words = [word for word in words if word[:1].isalpha()]
    if _reaches(line) or len(words) < _TITLE:
        return True
    return 2 * sum(1 for word in words if word[0].isupper() or _CASELESS.match(word)) >= len(words)


def _reaches(line: str) -> bool:
    """A telephone, an address or a page."""
    return bool(_REACHES.search(line)) or sum(char.isdigit() for char in line) >= _DIGITS


def _closes(line: str) -> bool:
    if len(line) > _LONGEST:
        return False
    bare = fold(line).strip(_EDGES)
    if bare in _CLOSINGS:
        return True
    for phrase in _LONG_CLOSINGS.get(bare[:4], ()):
        if bare.startswith(phrase) and not bare[len(phrase)].isalnum():
            return _named(line.strip(_EDGES)[len(phrase) :])
    short, _, rest = bare.partition(" ")
    if len(short) <= _SHORT and short.strip(".,") in _CLOSINGS and _named(line.strip(_EDGES).partition(" ")[2]):
        return True
    first, comma, rest = line.strip().partition(",")
    return bool(comma) and fold(first).strip(_EDGES) in _CLOSINGS and _named(rest)


def _named(rest: str) -> bool:
    """Whether nothing but a name stands there."""
    names = rest.strip(_EDGES).split()
    return 0 < len(names) <= _NAMES and all(name[:1].isupper() or _CASELESS.match(name) for name in names)


def _signs(line: str) -> bool:
    """Whether the line may stand below a closing: a name, an office, a number; no sentence."""
    bare = line.strip()
    if len(bare) > _LONGEST or bare.endswith(("?", "？", "؟", "!", "！", ":", "：")) or bare.lower().startswith(_MORE):
        return False
    if _FIGURES.search(bare):
        return not bare.endswith((".", "。")) or len(bare.split()) <= _SENTENCE
    if _UNSPACED.search(bare):
        return len(bare) <= 30 and not bare.endswith("。")
    count = len(bare.split())
    return count <= _PROSE and not (bare.endswith(".") and count >= _SENTENCE)
