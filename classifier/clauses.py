"""Clauses: a text cut into its sentences, in any script, each folded, with what ends it. It knows no phrase."""

import re
from collections.abc import Iterator
from itertools import dropwhile

from classifier.leftover import is_day
from classifier.phrases import fold, words

TOO_MANY = "too many sentences"
_MOST = 40
_NAME = 5  # words of the name of a shop, or of a person with a title
_SMALL = 3
_TITLE = 4  # letters of "Prof."
_DEGREE = 6  # characters of ", Ph.D."
_SIGNATURE = 3  # lines: a name, and what its owner is
_PRONOUNS = re.compile(r"\s*\((?:she|he|they|sie|er|hon|han)\s*/[^()]{1,20}\)\Z")
_GREEK = re.compile("[\u0370-\u03ff]")
_WRAPPED = re.compile(r"\n(?<=[^\n]{54}[^\n\-_=*]\n)(?=[^\s\-–—*•·>_=]\S)")
_POINT = re.compile(r"\.(?=\s|\Z)")
_INITIAL = re.compile(r"(?:^|[\s(])[^\W\d_]\Z")
_LAST = re.compile(r"\w*\Z")
_LONGEST = 8  # letters of a shortened word, and one more
_SHORTENED = words(
    "d dr hr fr mr mrs ms st nr tel tlf bzw ca inkl einschl incl sr sra srta dra exmo exma dott ing mgr mme prof np tj janv févr avr juil sept "
    "oct nov déc jan feb mrt aug okt dez des dec resp max min sis uge kl vr eks bl evt г ул тел доб "
    "د lic lda ltda dl dna ext int dhr mevr mw jr sgt lt capt κ κα κος τηλ εσωτ г-н г-жа д-р доц пп wew pí dipl phd hab inż br bm sig "
    "mudr judr mvdr rndr phdr paeddr bc doc med lek ul tzn al вн внутр каб проф кв стр кл odvj mag univ inž vid adv št sp csc drsc mba el"
)
_DOTTED = re.compile(
    r"\b(?:i\.v\.m|a\.s|t\.o\.m|fr\.o\.m|z\. ?b|p\. ?ej|e\. ?g|т\. ?е|a\. ?m|p\. ?m|ph\.d|ll\.m|dr n)\Z", re.IGNORECASE
)
_NUMBERED = re.compile(r"\.\s?\d")
# The point of "3. August" ends no sentence; that of "April 7. Then", of "14.8. Then" and of "2026." does. The marks go first: few characters are any.
_END = re.compile(
    r"(?=[.!;:。！；：\n\u2028?？؟])(?:(?<![\d.!;:])[.!;:]+(?=\s|$)|(?<=\d\d\d\d)\.(?=\s|$)|(?<=[./]\d)\.(?=\s)"
    r"|(?<=[./]\d\d)\.(?=\s)|(?<=\d)\.(?=\s+[^\W\d_])|(?<=\d)[!;](?=\s|$)|[。！；：]|[\n\u2028]|[?？؟])"
)

_REACHED = re.compile(
    r"[ \t]*(?:[^\s@]{1,60}@[^\s@]|[+(\d][\d ()/.-]{6})"
)  # "Please write to my successor: kim@example.org"
_BARE_DAY = re.compile(r"(?<![\d./])\d{1,2}\Z")
_WORD = re.compile(r"\s+([^\W\d_]+)")
_YEAR = re.compile(r"\d(?:\s?[rрг])?$")  # a number, and "r." or "р." behind a year
_SHORT = re.compile(r"[\s.][^\W\d_]{1,4}$")


def clauses(text: str) -> Iterator[tuple[str, str]]:
    """Each sentence that has words, or is a line drawn, and the mark behind it: `?`, a line's end, or another.

    The last of too many is TOO_MANY.
    """
    whole = _POINT.sub(_point, _WRAPPED.sub(" ", text)) + "\n"
    at = 0
    for number, end in enumerate(_END.finditer(whole)):
        if number >= _MOST:
            yield TOO_MANY, "."
            return
        if _ordinal(whole, end) or (end.group()[-1] in ":：" and _REACHED.match(whole, end.end())):
            continue
        sentence = fold(whole[at : end.start()])
        at = end.end()
        if sentence:
            yield sentence, "?" if _asks(sentence, end.group()[-1]) else end.group()[-1]


def without_name(text: str) -> str:
    """The text above a signature's name: a person's, a team's, a shop's, and a line or two of what they are. Who asks for something there writes a sentence."""
    lines = text.rstrip().split("\n")
    most = min(_SIGNATURE, len(lines) - 1)
    titles = next((below for below in range(most) if not _titled(lines[-1 - below])), most)
    for below in range(min(titles, most - 1), -1, -1):
        at = len(lines) - 1 - below
        above = "\n".join(lines[:at])
        if _names(lines[at], alone=not below) and above.strip():
            return above
    return text


def _names(line: str, *, alone: bool) -> bool:
    """`Dana Whitfield`, `Dana Whitfield (she/her)`, `Dana Whitfield, city library`, `/Dana`; a whole company's where nothing stands below it."""
    name, comma, title = _PRONOUNS.sub("", line.strip()).partition(",")
    bare = name.lstrip("/-–— ")
    named = list(dropwhile(_shortened, bare.split()))
    marked = bare != name
    most = _NAME if alone and not comma else _NAME - 1
    title = title if len(title) > _DEGREE else title.rstrip(".")
    fits = len(title.split()) < _NAME and (not title or _titled(f"X {title}"))
    # A line that begins in the middle of a sentence that was wrapped is no name.
    return (1 if marked else 2) <= len(named) <= most and named[0][:1].isupper() and fits and all(map(_is_name, named))


def _titled(line: str) -> bool:
    """`Community Outreach Librarian`: a few words, and no sentence."""
    bare = line.strip()
    few = 0 < len(bare.split()) <= _NAME
    return (
        few and bare[:1].isupper() and bare[-1:] not in ".:!?,;" and not any(map(str.isdigit, bare)) and "@" not in bare
    )


def _shortened(word: str) -> bool:
    """`prof.`, `doc.`, `Ing.`: what stands before a name."""
    return word.endswith(".") and word[:-1].lower() in _SHORTENED


def _is_name(word: str) -> bool:
    """A word with a capital, or "of", "&" and the like."""
    bare = word.strip(".,\"'«»„“”()")
    ends = word[-1:] in ":!?" or (word[-1:] == "." and len(bare) > _TITLE)
    named = bare[:1].isupper() or len(bare) <= _SMALL
    day = bare.isalpha() and word[-1:] != "." and is_day(f"1 {bare}")
    return named and not ends and not any(map(str.isdigit, bare)) and not day


def _point(found: re.Match[str]) -> str:
    """The point, or nothing where it only shortens a word."""
    text, at = found.string, found.start()
    last = _LAST.search(text, max(0, at - _LONGEST), at)
    word = last[0].lower() if last else ""
    if word == "no":
        return "" if _NUMBERED.match(text, at) else "."
    if len(word) == 1 and word != "i" and text[at - 1].isupper() and _INITIAL.search(text, max(0, at - 2), at):
        return "" if text[at + 2 : at + 3].isupper() else "."  # P. Galli
    dotted = len(word) <= 2 and _DOTTED.search(text, max(0, at - _LONGEST), at)
    return "" if dotted or word in _SHORTENED else "."


def _ordinal(whole: str, end: re.Match[str]) -> bool:
    """The point of "3. August", "2027. aasta", "2026 r. włącznie", "3.8. bis", "24.12. – 3.1." and "t.o.m. 9/12"."""
    if end.group() != ".":
        return False
    if _BARE_DAY.search(whole[max(0, end.start() - 3) : end.start()]):
        word = _WORD.match(whole, end.end())
        return not word or not word[1][0].isupper() or (len(word[1]) > 2 and is_day(f"1 {word[1]}"))
    following = whole[end.end() : end.end() + 2].strip()
    if _YEAR.search(whole[max(0, end.start() - 4) : end.start()]):
        return following.islower() or following[:1].isdigit() or following in {"-", "–", "—"}
    return following[:1].isdigit() and bool(_SHORT.search(whole[max(0, end.start() - 6) : end.start()]))


def _asks(sentence: str, mark: str) -> bool:
    # A Greek question ends with what is a semicolon elsewhere.
    return mark in "?？؟" or (mark == ";" and bool(_GREEK.search(sentence)))
