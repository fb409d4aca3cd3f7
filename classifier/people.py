"""People: the table of what people say to support in a line or two, and the matcher for it. It never judges.

The table is `people.txt` beside this file. It is apart from `phrases.txt`, because it is looked for in short texts of people's
mail alone: its "not" and "and" would be found in every mail.
"""

from functools import cache, lru_cache
from importlib.resources import files

from classifier import phrases
from classifier.phrases import Matcher, Phrase, Said, fold
from inbound import mailers

_KINDS = frozenset(("thanks", "courtesy", "approval"))  # these stand in phrases.txt, too
_HINTS = frozenset(("deploy", "go ahead", "solved", "not needed", "approval"))


@cache
def table() -> tuple[Phrase, ...]:
    """Read with the first mail."""
    lines = files("classifier").joinpath("people.txt").read_text("utf-8").splitlines()
    return tuple(Phrase(one.language, one.what, fold(one.text)) for one in mailers.read_table(lines, "people.txt"))


@cache
def _people() -> Matcher:
    return Matcher(_all())


@cache
def hinting() -> Matcher:
    """What a hint begins with: few words of most mails are among these, so that most are done with at once."""
    return Matcher(phrase for phrase in _all() if phrase.says in _HINTS)


def _all() -> tuple[Phrase, ...]:
    return (*table(), *(phrase for phrase in phrases.table() if phrase.says in _KINDS))


@lru_cache(maxsize=64)
def people_say(text: str) -> Said:
    """What a folded line or two say. Thanks, approval and hints ask the same of the same lines."""
    return _people().said(text)
