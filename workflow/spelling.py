"""What somebody may have meant by a word that does not exist. It proposes; it never decides."""

from collections.abc import Iterable
from difflib import get_close_matches

_MOST = 3
_SURELY = 0.8  # how alike they have to be, where nobody is asked


def quoted(words: Iterable[str]) -> str:
    """The words as a list to be read: "a", "b"."""
    return ", ".join(f'"{word}"' for word in words)


def meant(word: str, known: Iterable[str]) -> str:
    """`did you mean "x"?`, or "" where nothing is close. Case does not matter."""
    spellings = {each.casefold(): each for each in known}
    close = get_close_matches(word.strip().casefold()[:80], spellings, n=_MOST)
    return f"did you mean {' or '.join(quoted([spellings[each]]) for each in close)}?" if close else ""


def closest(word: str, known: Iterable[str]) -> str:
    """The one that is surely meant: far nearer to the word than every other; "" where none is."""
    spellings = {each.casefold(): each for each in known}
    near = get_close_matches(word.strip().casefold()[:80], spellings, n=2, cutoff=_SURELY)
    return spellings[near[0]] if len(near) == 1 else ""


def mend(word: str, known: Iterable[str]) -> str:
    """What to write instead of `word`: the close spellings, or all there are."""
    names = list(known)
    return meant(word, names) or (f"write one of {quoted(names)}" if names else "there is none yet")
