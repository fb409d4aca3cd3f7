"""Orders: the commands at the top of a staff member's mail, and the words below them. It reads; it knows no ticket, and does nothing."""

import re
from dataclasses import dataclass
from difflib import get_close_matches

from inbound.quotes import Of, mark

VERBS = {
    "status": "#status NAME [until DATE]",
    "close": "#close NAME",
    "assign": "#assign PERSON, or #assign nobody",
    "people": "#people add ADDRESS, #people quiet ADDRESS, or #people remove ADDRESS",
    "link": "#link KEY, or the address of an issue's page, and this ticket waits for that issue",
    "unlink": "#unlink KEY",
    "note": "#note, and your words are kept among us",
    "reply": "#reply, and your words go to the client",
    "undo": "#undo",
    "merge": "#merge NUMBER, and this ticket leads to that one",
    "unmerge": "#unmerge",
    "help": "#help",
}
# What mail programs put before it when they make a text of bold letters or of a list, and what cannot be seen, is no part of it.
_BEFORE = r"[\s\u200b-\u200f\u2060\ufeff*_\u2022\u2013\u2014-]*"
_COMMAND = re.compile(_BEFORE + r"[#\uff03](\s?)([^\W\d_]\w{0,30})[*_:.,;]*(.*)")
_UNTIL = re.compile(r"(.*?)\s+until\s+(.+)", re.IGNORECASE)
_OURS = (
    "commands stand above the words a line each"  # in each notice that can be answered (templates/mail/_base/staff.txt)
)
_CLOSE = 0.7  # how alike two spellings have to be
_MOST = 10  # commands of one mail; what stands below is words


@dataclass(frozen=True, slots=True)
class Order:
    """One command: `verb` as it is spelled right; "" where nobody can tell which one is meant."""

    verb: str
    about: str  # what stands behind it on its line
    written: str  # the verb as it was written

    @property
    def guessed(self) -> bool:
        return self.verb != self.written.lower()

    def until(self) -> tuple[str, str]:
        """What it is about, and the date behind "until"; "" for none."""
        match = _UNTIL.fullmatch(self.about)
        return (match[1].strip(), match[2].strip()) if match else (self.about, "")


@dataclass(frozen=True, slots=True)
class Asked:
    """What a mail asks for. `words` are what stands below the commands; `late` is the first command that stands amid these."""

    orders: tuple[Order, ...] = ()
    words: str = ""
    late: str = ""
    sign_off: str = ""  # what stood there in place of words, where its name is not the writer's own

    def has(self, verb: str) -> bool:
        return any(order.verb == verb for order in self.orders)


def asked(text: str, name: str = "") -> Asked:
    """Reads what is new in a staff member's mail. Behind #note all is words, whatever it begins with.

    Below other commands a closing with a name, or `name`, who wrote it, alone, is how people sign: it is for nobody.
    """
    lines, orders = text.split("\n"), list[Order]()
    while lines and len(orders) < _MOST:
        order = _order(lines[0])
        if order is None and lines[0].strip():
            break
        lines = lines[1:]
        if order is None:
            continue
        orders.append(order)
        if orders[-1].verb in {"note", "reply"}:
            lines = [orders[-1].about, *lines]
            break
    kept = any(order.verb == "note" for order in orders)
    words = "\n".join(lines).strip()
    meant = any(order.verb in {"note", "reply"} for order in orders)
    sign_off = ""
    if orders and not meant and _signs(words, name):
        own = name.casefold().partition(" ")[0]
        words, sign_off = "", "" if own and own in words.casefold() else " ".join(words.split())
    return Asked(tuple(orders), words, "" if kept else _late(lines), sign_off)


def repeats_ours(words: str) -> bool:
    """Whether a notice to staff stands among the words: not every mail program quotes in a way that is known.

    It names other clients and has links that act for its reader. Whatever was put before its lines, and where they were broken, is no matter.
    """
    return _OURS in " ".join(re.findall(r"\w+", words)).lower()


def _signs(words: str, name: str) -> bool:
    """Whether nothing but a closing and a name stand there, such as "Best, Kim"."""
    bare = words.strip(" \t\n.,-–—").casefold()
    if bare in {name.casefold(), name.casefold().partition(" ")[0]} - {""}:
        return True
    lines, kinds, _ = mark(f"#\n{words}")  # a signature has something above it
    below = {kind for line, kind in zip(lines[1:], kinds[1:], strict=True) if line.strip()}
    return bool(below) and below <= {Of.CLOSING, Of.SIGNED, Of.SIGNATURE}


def _late(lines: list[str]) -> str:
    """A command below words that go to a client: whoever wrote it meant it, and what follows it may be for nobody else."""
    found = (_order(line) for line in lines)
    return next((f"#{order.written.lower()}" for order in found if order and order.verb), "")


def _order(line: str) -> Order | None:
    """The command that a line is, however the "#" was typed or marked: what is none would go to the client, a note with it.

    None where it is words: behind "# " a heading may stand, so there only a verb that is known makes a command.
    """
    match = _COMMAND.fullmatch(line)
    if match is None:
        return None
    word = match[2].lower()
    close = [word] if word in VERBS else get_close_matches(word, VERBS, n=1, cutoff=_CLOSE)
    if match[1] and not close:
        return None
    return Order(close[0] if close else "", match[3].strip().strip("*").strip(), match[2])
