"""Bare: whether a reply says what its hints say, and nothing else that anybody would have to read. Careful by design.

The small words that may stand around are in `glue.txt` beside this file.
"""

from functools import cache
from importlib.resources import files

from classifier.clues import Clues
from classifier.people import people_say
from classifier.phrases import fold
from classifier.thanks import YES, asks, names_in, without
from classifier.verdict import Evidence, Hint, Known, Passed, Standing

_LONGEST = 400  # characters
_LINES = 12
_MOST_NAMES = 4
_SAID = YES | {"deploy", "go ahead", "solved", "not needed", "benign"}
_AROUND = frozenset({"thanks", "courtesy"})


def firm(clues: Clues, found: tuple[Hint, ...], authenticated: Passed) -> bool:
    """Whether a team that trusts hints may act upon these: they are all that the reply says, and it is its sender's."""
    return bool(found) and _proved(clues.evidence, authenticated) and _bare(clues)


def _proved(evidence: Evidence, authenticated: Passed) -> bool:
    """The requester, by a server that is trusted to say so; where none is, by our token."""
    link = evidence.link
    if link is None or link.standing is not Standing.REQUESTER:
        return False
    if evidence.ours.authserv_ids or authenticated is not Passed.UNKNOWN:
        return authenticated is Passed.YES
    return link.known is Known.TOKEN


def _bare(clues: Clues) -> bool:
    own = clues.own
    lines = [line for line in own.splitlines() if line.strip()]
    files_too = any(not one.inline for one in clues.message.attachments)
    if len(own) > _LONGEST or len(lines) > _LINES or asks(own) or files_too:
        return False
    names, hinted = 0, False
    for line in lines:
        said = people_say(fold(line))
        left = without(fold(line), said, _SAID)
        if "against" in people_say(" ".join(left)):
            return False
        rest = [word for word in left if word not in _glue()]
        hints_here = bool(said.kinds - _AROUND - {"against", "benign"})
        # Names stand under a greeting, or below what is said, never beside it: "Approved Monday" is no name.
        if rest and (hints_here or not (hinted or "courtesy" in said) or not set(rest) <= names_in(line)):
            return False
        names += len(rest)
        hinted = hinted or hints_here
    return hinted and names <= _MOST_NAMES


@cache
def _glue() -> frozenset[str]:
    lines = files("classifier").joinpath("glue.txt").read_text("utf-8").splitlines()
    rows = (line.partition("|")[2] for line in lines if line.strip() and not line.startswith("#"))
    return frozenset(word for row in rows for word in fold(row).split())
