"""Notices: confidentiality clauses, company registers, scanners', lists' and gateways' lines around a person's words. It never splits.

One word makes no notice: people write about confidential mail, and about viruses. Where unsure, it is the person's.
"""

import re
from collections.abc import Iterator

from inbound import attributions
from inbound.mailers import Finder, fold

_LOOKED = 3000  # characters of a paragraph that are read
_TAIL = 150  # lines of a run's end, and of a signature, that are read
_LINES = 60  # lines of a paragraph that are read
_LONG = 120  # characters that a confidentiality clause has at least
_STRONG = 5  # words of a clause that stands above something else
_SKIPPED = 3  # paragraphs that may stand below a clause
_STARTS = 100  # characters in which its first words stand
_BANNER = 600  # characters of a banner at most
_HEADINGS = re.compile(
    r"[\W_]*(?:e-?mail |legal )?(?:disclaimer|confidentiality notice|confidentiality|confidential|haftungsausschluss|"
    r"vertraulichkeitshinweis|avis de confidentialité|clause de confidentialité|aviso legal|aviso de confidencialidad|"
    r"avviso di riservatezza|aviso de confidencialidade|klauzula poufności|upozornění|upozornenie|免责声明|免責聲明|"
    r"免責事項|保密声明|yasal uyarı|إخلاء مسؤولية)\b",
)
_ANY = Finder("legal", "notice", "register")
_LEGAL, _NOTICE, _REGISTER, _BANNERS = Finder("legal"), Finder("notice"), Finder("register"), Finder("banner")
_WARNS = re.compile(
    r"^\W*(?:caution|warning|external|achtung|vorsicht|extern|attention|atención|cuidado|attenzione|let op|uwaga|pozor)"
)


def below(lines: list[str], start: int, signed: int, stop: int) -> Iterator[tuple[int, int]]:
    """The stretches of a run that are notices: at its end, and anywhere below the mark of a signature at `signed`."""
    top, bottom = max(start, signed - _TAIL), min(stop, signed + _TAIL)
    if not _ANY.finds(fold("\n".join([line[:_STARTS] for line in lines[top:bottom]]))):
        return
    skipped = 0
    for first, last in reversed([*_paragraphs(lines, top, signed)][-12:]):
        begins = _begins(lines, first, last, whole=start > 0 or any(lines[start:first]), strong=skipped > 0)
        if begins is None:
            # Below a clause the company's address may stand; what people write is no clause of that many words.
            skipped += 1
            if skipped > _SKIPPED:
                break
        else:
            yield _ruled(lines, begins, start) if begins == first else begins, last
            if begins > first:
                break
    for first, last in _paragraphs(lines, signed, bottom):
        begins = _begins(lines, first, last, whole=True, signed=True)
        if begins is not None:
            yield begins, last


def banner(lines: list[str], start: int, stop: int) -> int:
    """Where the writer's own words begin below a gateway's warning that stands on top: a paragraph, or its first line."""
    first, last = next(_paragraphs(lines, start, min(stop, start + _LINES)), (start, start))
    if first == last:
        return start
    line = fold(lines[first][: _BANNER + 1])
    if not _BANNERS.finds(line) and not _WARNS.search(line):
        return start
    whole = fold("\n".join(lines[first:last])[: _BANNER + 1])
    top = last if len(whole) <= _BANNER and _warns(whole) else start
    if top == last and len(lines) > first + 1 and _warns(line) and len(line) < _LONG and last - first > 1:
        top = first + 1 if not _warns(fold("\n".join(lines[first + 1 : last])[:_BANNER])) else last
    return top if any(line.strip() for line in lines[top:stop]) else start


def _warns(said: str) -> bool:
    cues = list(_BANNERS.found(said))
    if any(cue.count(" ") >= 2 for cue in cues):
        return True
    return bool(cues) and (said.lstrip(" *").startswith("[") or bool(_WARNS.search(said) and ":" in said[:60]))


def _paragraphs(lines: list[str], start: int, stop: int) -> Iterator[tuple[int, int]]:
    """Where each begins and ends, between lines that are blank or hold nothing but dashes, stars and the like."""
    first = -1
    for number in range(start, stop + 1):
        written = number < stop and (lines[number][:1].isalnum() or any(map(str.isalnum, lines[number][:200])))
        if written and first < 0:
            first = number
        elif not written and first >= 0:
            yield first, number
            first = -1


def _ruled(lines: list[str], first: int, start: int) -> int:
    """A line of dashes above a notice belongs to it."""
    for number in (first - 1, first - 2):
        if number > start and lines[number].strip():
            return number if attributions.ruled(lines[number]) else first
    return first


def _begins(
    lines: list[str], first: int, last: int, *, whole: bool, signed: bool = False, strong: bool = False
) -> int | None:
    """Where a notice begins in this paragraph; None where it is none. `whole`: all of it may be one; `strong`: many words have to say so."""
    tried = 0
    for number in range(first if whole else first + 1, min(last, first + _LINES)):
        if tried >= 4:
            return None
        if _ANY.finds(fold(lines[number][:_STARTS])):
            tried += 1
            said = fold("\n".join(lines[number:last])[:_LOOKED])
            if _is_notice(said, signed=signed) and (not strong or _apart(_LEGAL.found(said)) >= _STRONG):
                return number
    return None


def _is_notice(said: str, *, signed: bool) -> bool:
    legal = _apart(_LEGAL.found(said))
    noticed = _apart(_NOTICE.found(said))
    if _HEADINGS.match(said) and legal >= 2 and len(said) >= 60:
        return True
    if noticed >= 2 or (noticed and (legal >= 2 or signed)):
        return "?" not in said
    if _UNSPACED.search(said):
        return legal >= 3 and len(said) >= 30
    if legal >= 3 and len(said) >= _LONG:
        return True
    registered = _apart(_REGISTER.found(said))
    return registered >= 2 or (registered == 1 and signed and len(said) < _LONG)


_UNSPACED = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")


def _apart(found: Iterator[str]) -> int:
    """How many of these are not part of another one."""
    every = list(found)
    return sum(1 for one in every if not any(one != other and one in other for other in every))
