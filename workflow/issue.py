"""Issue: what engineers work on, in a tracker of their own: its key and its states, however people and trackers write them. Pure; it opens no address."""

import re
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

CLONED = "cloned"  # the state of an issue until its tracker has said another
LONGEST_KEY, LONGEST_URL, LONGEST_STATE = 150, 1000, 40
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")  # mailto:, javascript: (RFC 3986 §3.1)
_NAMED = re.compile(r"[A-Za-z][A-Za-z0-9_]*-\d+")  # ENG-12
# What stands in a path between a project and the number or name of an issue of it.
_BETWEEN = frozenset({"-", "browse", "issue", "issues", "ticket", "tickets", "work_items"})


@dataclass(frozen=True, slots=True)
class Issue:
    """One issue. The key is the same however it is written; `url` is "" where nobody has said it."""

    key: str
    url: str = ""


def issue(text: str) -> Issue:
    """`ENG-12`, `acme/app#12`, or the address of its page. Raises ValueError with the mend."""
    words = text.strip()
    if not words or not words.isprintable() or " " in words:
        raise ValueError("write its key, such as ENG-12 or acme/app#12, or the address of its page")
    if words.lower().startswith(("http://", "https://")):
        return _at(words)
    if _SCHEME.match(words):
        raise ValueError("write its key, or the address of its page, which begins with https://")
    if len(words) > LONGEST_KEY:
        raise ValueError(f"it has {len(words)} characters, and a key at most {LONGEST_KEY}")
    return Issue(_same(words))


def state(text: str) -> str:
    """`In Progress` as `in_progress`: small letters, digits and `_`. Raises ValueError with the mend."""
    word = re.sub(r"\W+", "_", text.casefold()).strip("_")
    if not word or len(word) > LONGEST_STATE:
        raise ValueError(f"write a word such as started, of at most {LONGEST_STATE} letters")
    return word


def _at(url: str) -> Issue:
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        host = ""
    if not host or "@" in parts.netloc or len(url) > LONGEST_URL:
        raise ValueError("write its address as https://tracker.example.com/browse/ENG-12")
    steps = [unquote(step) for step in parts.path.split("/") if step]
    key = _key(steps) or f"{host}{parts.path.rstrip('/')}{'?' if parts.query else ''}{parts.query}"
    if len(key) > LONGEST_KEY or not key.isprintable() or " " in key:
        raise ValueError("its address is none that a key can be read from: write the key")
    return Issue(_same(key), url.partition("#")[0])


def _key(steps: list[str]) -> str:
    """What a path says of the issue; "" where it says nothing that can be told from a page's name."""
    marks = [at for at, step in enumerate(steps) if step.lower() in _BETWEEN]
    named = steps[marks[-1] + 1] if marks and marks[-1] + 1 < len(steps) else ""
    if _NAMED.fullmatch(named):
        return named
    project = steps[: marks[0]] if marks else []
    return f"{'/'.join(project)}#{named}" if project and named.isascii() and named.isdigit() else ""


def _same(key: str) -> str:
    """In the one form in which trackers compare keys: names in capitals, paths in small letters."""
    return key.upper() if _NAMED.fullmatch(key) else key.lower()
