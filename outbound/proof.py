"""Proof: what is wrong with a rendered mail, whatever it is about: its two bodies say the same, and every reader can show it. Pure."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser

LONGEST_SUBJECT = (
    78  # characters, of samples: what telephones and lists show (RFC 5322 §2.1.1 has it as the line's length)
)
LONGEST_LINE = 998  # octets (RFC 5322 §2.1.1)
_WORDS = re.compile(r"[\w#']+")
_LINKS = re.compile(r"(?:https?|mailto):[^\s<>\"]+")


def faults(subject: str, text: str, html: str, raw: bytes) -> Iterator[str]:
    """Each thing that is wrong with a mail, in a few words."""
    yield from _apart(text, _Page.of(html))
    if len(subject) > LONGEST_SUBJECT:
        yield f"its subject has {len(subject)} characters, of at most {LONGEST_SUBJECT}: {subject}"
    if (longest := max(map(len, raw.split(b"\r\n")))) > LONGEST_LINE:
        yield f"one of its lines has {longest} octets, of at most {LONGEST_LINE}"


def _apart(text: str, page: "_Page") -> Iterator[str]:
    plain, shown = (_WORDS.findall(_LINKS.sub(" ", said)) for said in (text, " ".join(page.said)))
    if plain != shown:
        at = next((n for n, pair in enumerate(zip(plain, shown, strict=False)) if pair[0] != pair[1]), -1)
        first, second = (_from(words, at if at >= 0 else min(len(plain), len(shown))) for words in (plain, shown))
        yield f'text and HTML differ: the text says "{first}", the HTML "{second}"'
    links = {link.rstrip(".,;)") for link in _LINKS.findall(text)}
    for link in sorted(links ^ page.links):
        yield f"the link {link} stands in the {'text' if link in links else 'HTML'} alone"


def _from(words: list[str], at: int) -> str:
    return " ".join(words[at : at + 6]) or "nothing more"


class _Page(HTMLParser):
    """The words of a page's body, and where its links lead."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []
        self.links: set[str] = set()
        self._inside = False

    @classmethod
    def of(cls, html: str) -> "_Page":
        page = cls()
        page.feed(html)
        page.close()
        return page

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._inside = self._inside or tag == "body"
        link = dict(attrs).get("href") if tag == "a" else None
        if link:
            self.links.add(link)

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.said.append(data)
