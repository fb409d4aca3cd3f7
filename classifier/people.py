"""People: the table of what people say to support in a line or two, and the matcher for it. It never judges.

The table is `people.txt` beside this file. It is apart from `phrases.txt`, because it is looked for in short texts of people's
mail alone: its "not" and "and" would be found in every mail.
"""

from functools import lru_cache
from importlib.resources import files

from classifier import phrases
from classifier.phrases import Matcher, Phrase, Said, fold
from inbound import mailers

_KINDS = frozenset(("thanks", "courtesy", "approval"))  # these stand in phrases.txt, too
_LINES = files("classifier").joinpath("people.txt").read_text("utf-8").splitlines()
TABLE = tuple(Phrase(one.language, one.what, fold(one.text)) for one in mailers.read_table(_LINES, "people.txt"))
_ALL = (*TABLE, *(phrase for phrase in phrases.TABLE if phrase.says in _KINDS))
_PEOPLE = Matcher(_ALL)
# What a hint begins with: few words of most mails are among these, so that most are done with at once.
HINTING = Matcher(
    phrase for phrase in _ALL if phrase.says in {"deploy", "go ahead", "solved", "not needed", "approval"}
)


@lru_cache(maxsize=64)
def people_say(text: str) -> Said:
    """What a folded line or two say. Thanks, approval and hints ask the same of the same lines."""
    return _PEOPLE.said(text)
