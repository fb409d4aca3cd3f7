"""Naming: how the server calls a folder that the configuration names: its namespace, and what a folder is for. It makes none."""

from collections.abc import Iterable

from imapclient.exceptions import ProtocolError

from inbound.down import MailboxRefused
from inbound.session import Session

# What is looked for in place of a name: a folder with that attribute (RFC 6154 §2), else one that is called as most call it (S39).
SENT, JUNK = "\\Sent", "\\Junk"
USUAL = {
    SENT: ("sent", "sent items", "sent messages", "sent mail"),
    JUNK: ("junk", "spam", "junk email", "junk e-mail", "bulk mail"),
}


_NO_INBOX = frozenset(
    {"\\noselect", "\\nonexistent", "\\all", "\\drafts", "\\flagged", "\\important", "\\junk", "\\sent", "\\trash"}
)
_NO_NAMES = frozenset(
    {*USUAL[SENT], *USUAL[JUNK], "drafts", "templates", "outbox", "trash", "deleted items", "deleted messages"}
)


def others(session: Session) -> list[str]:
    """The server's names of all folders that no name was asked for, without those that nobody files received mail into."""
    folders = _listed(session)
    known = {name.lower() for name in (*session.names.values(), "INBOX")}
    return sorted(
        name
        for flags, separator, name in folders
        if name.lower() not in known and _NO_INBOX.isdisjoint(flags) and _leaf(name, "", separator) not in _NO_NAMES
    )


def name_of(session: Session, name: str) -> str:
    """The server's own name, found once a connection.

    Raises MailboxRefused where no folder has that attribute, or it is one that is known under another name: what is sent
    would be read as what came.
    """
    if name not in session.names:
        called = _by_use(session, name) if name in USUAL else _by_name(session, name)
        if twin := next((other for other, known in session.names.items() if known == called), ""):
            raise MailboxRefused(f"{session.server.host}: {name} is the folder {called}, and so is {twin}")
        session.names[name] = called
    return session.names[name]


def _by_use(session: Session, use: str) -> str:
    folders = _listed(session)
    marked = [name for flags, _, name in folders if use.lower() in flags]
    if marked:
        return marked[0]
    prefix, separator = _personal(session)
    usual = {f"{prefix}{name}".lower(): rank for rank, name in enumerate(USUAL[use])}
    # Some put all of their own below one folder: "[Gmail]/Sent Mail".
    called = {name: usual.get(name.lower(), usual.get(_leaf(name, prefix, separator))) for _, _, name in folders}
    ranked = sorted((rank, len(name), name) for name, rank in called.items() if rank is not None)
    if not ranked:
        raise MailboxRefused(f"{session.server.host}: no folder is marked {use}, and none is called as usual: name it")
    return ranked[0][2]


def _by_name(session: Session, name: str) -> str:
    """RFC 9051 §6.3.10: people's folders may have to stand below a prefix, and "/" may not be what parts their names."""
    if name.upper() == "INBOX":
        return name
    prefix, separator = _personal(session) if "NAMESPACE" in session.offers or "/" in name else ("", "/")
    translated = name.replace("/", separator) if separator else name
    if not translated.lower().startswith(prefix.lower()):
        translated = prefix + translated
    return name if translated == name or _is_there(session, name) else translated


def _is_there(session: Session, name: str) -> bool:
    """Asked by the very name: what a person wrote down as the server calls it stays so."""
    try:
        return any(found == name for _, _, found in _listed(session, name))
    except MailboxRefused:  # such a name cannot be
        return False


def _personal(session: Session) -> tuple[str, str]:
    """The prefix of the user's own folders, and what parts their levels; "" where there are no levels."""
    if "NAMESPACE" in session.offers:
        with session.command("NAMESPACE") as client:
            try:
                personal = client.namespace().personal
            except (ValueError, TypeError):  # with extensions (RFC 2342 §6), which the library does not know
                personal = None
        if personal:
            return str(personal[0][0]), _text(personal[0][1] or "")
    roots = _listed(session, "")  # RFC 9051 §6.3.9: with an empty name it tells the separator alone
    return "", roots[0][1] if roots else "/"


def _listed(session: Session, pattern: str = "*") -> list[tuple[frozenset[str], str, str]]:
    """Flags, separator and name of folders; none where one of them cannot be read: mail comes in without."""
    with session.command("LIST") as client:
        try:
            return [_plain(*folder) for folder in client.list_folders("", pattern)]
        except (ProtocolError, ValueError, LookupError, TypeError, AttributeError):
            return []


def _plain(flags: Iterable[object], separator: object, name: object) -> tuple[frozenset[str], str, str]:
    """Flags in lower case; the separator "" where there are no levels. Raises TypeError for what is no folder."""
    words = frozenset(_text(flag).lower() for flag in flags if isinstance(flag, bytes))
    return words, _text(separator) if isinstance(separator, bytes) else "", str(name)


def _leaf(name: str, prefix: str, separator: str) -> str:
    return prefix.lower() + (name.rsplit(separator, 1)[-1] if separator else name).lower()


def _text(word: bytes | str) -> str:
    return word.decode("ascii", "replace") if isinstance(word, bytes) else word
