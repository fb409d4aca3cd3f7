"""Words of texts in any language, as they are indexed and looked for: small, without accents, pairs where a script has no spaces.

Pure. The same for what was written and for what is asked, whatever the database.
"""

import re
import unicodedata

LONGEST = 40  # letters of a word that count
PIECE = 500  # characters that are normalized at once
MOST = 5000  # words of one text that count

_ACCENTS = re.compile("[\u0300-\u036f]+")
_WORD = re.compile(r"[^\W_]+")
# Thai, Lao, Burmese, Khmer, kana, Chinese, Hangul: no spaces, or words that grow at their ends.
_RUN = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff"
_RUNS = re.compile(f"([{_RUN}]+)")
_LETTER = rf"[^\W_{_RUN}]"  # of a word with spaces around it
_DOTLESS = str.maketrans("ı", "i")  # casefold makes an i of I in every language


def words(text: str) -> list[str]:
    """Each once, in the order of the text; at most MOST, each of at most LONGEST letters."""
    found = _spaced(plain(text))
    return list(dict.fromkeys(word[:LONGEST] for word in found))[:MOST]


def stands_in(word: str, spelt: str, *, beginning: bool) -> bool:
    """Whether one of `words` is among those of a text that is spelt as by `plain`, or the beginning of one."""
    if word not in spelt:
        return False
    if is_part(word):  # it begins a pair, or is a run of its own
        return re.search(f"{word}[{_RUN}]|(?<![{_RUN}]){word}", spelt) is not None
    if _RUNS.match(word):
        return True
    end = "" if beginning or len(word) == LONGEST else f"(?!{_LETTER})"
    return re.search(f"(?<!{_LETTER}){word}{end}", spelt) is not None


def is_part(word: str) -> bool:
    """Whether it can be but a part of a word that is indexed: one sign of a script without spaces."""
    return len(word) == 1 and _RUNS.fullmatch(word) is not None


def plain(text: str) -> str:
    """As its words are spelt; each of `words` stands in it."""
    if text.isascii():
        return text.lower()
    folded = text.casefold().translate(_DOTLESS)
    # Whoever piles up marks by the thousand makes the order of them cost the square of their number.
    return "".join(_bare(folded[at : at + PIECE]) for at in range(0, len(folded), PIECE))


def _bare(text: str) -> str:
    return unicodedata.normalize("NFC", _ACCENTS.sub("", unicodedata.normalize("NFKD", text)))


def _spaced(text: str) -> list[str]:
    if text.isascii() or not _RUNS.search(text):
        return _WORD.findall(text)
    found: list[str] = []
    for number, piece in enumerate(_RUNS.split(text)):
        if number % 2:
            found += [piece[at : at + 2] for at in range(len(piece) - 1)] or [piece]
        else:
            found += _WORD.findall(piece)
    return found
