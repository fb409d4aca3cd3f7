"""Single values of the configuration: each function reads one, or raises ValueError with the mend. They know no key."""

import re
import ssl
from datetime import date, datetime
from ipaddress import ip_network
from math import isfinite
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit, urlunsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from classifier.pattern import refusal
from inbound.message import Address
from outbound.headers import own_fault
from outbound.server import is_loopback
from store.limits import organisation as owner_of

SQLITE = "sqlite:///"
POSTGRESQL = ("postgresql+psycopg://", "postgresql://")
DAY_SECONDS = 86400
_LANGUAGE = re.compile("[a-z]{2}")


def address(text: str) -> Address:
    """`Support <support@example.com>`, or the address alone."""
    name, bracket, addr = text.strip().rpartition("<")
    addr = addr.removesuffix(">") if bracket and text.rstrip().endswith(">") else text.strip()
    if fault := own_fault(addr):
        raise ValueError(f"{fault}: write it as name@example.com")
    return Address(addr=addr, name=plain(name.strip().strip('"').strip() if bracket else "", empty=True))


def party(text: str) -> str:
    """An address, or @domain for everybody there."""
    if text.startswith("@"):
        return f"@{address(f'anybody{text}').domain.lower()}"
    return address(text).key


def language(text: str) -> str:
    """Two small letters, as ISO 639-1 has them."""
    if not _LANGUAGE.fullmatch(text):
        raise ValueError('write two small letters, such as "en" or "de"')
    return text


def plain(text: str, *, empty: bool = False) -> str:
    """A text that can be said to a server: not empty, and nothing in it ends a line."""
    if not text and not empty:
        raise ValueError("it must not be empty")
    if not text.isprintable():
        raise ValueError("there is a control character in it: leave it out")
    return text


def start(text: str) -> date | str:
    """The words "now" and "all", a day, or a moment (a datetime is a date, too), which may be without a time zone."""
    if text in {"now", "all"}:
        return text
    read = datetime.fromisoformat if "T" in text else date.fromisoformat
    try:
        return read(text)
    except ValueError:
        mend = 'write "now", "all", or a date such as "2026-11-22", or with its time: "2026-11-22T14:30:00+00:00"'
        raise ValueError(mend) from None


def zone(text: str) -> ZoneInfo:
    try:
        return ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError('write a time zone such as "America/Chicago"') from None


def pattern(text: str) -> str:
    """Words, with * and {host} (classifier.pattern)."""
    if reason := refusal(text):
        raise ValueError(reason)
    return text


def header(text: str) -> str:
    """The name of a header, and a pattern of its value."""
    name, colon, wanted = text.partition(":")
    if not colon or not name.strip().replace("-", "").isalnum() or not name.isascii() or not wanted.strip():
        raise ValueError('write the header\'s name, a colon and words of its value, as in "X-Job: nightly*"')
    return f"{name}:{pattern(wanted)}"


def site(text: str) -> str:
    """The address of a site, without what is after its path."""
    try:
        parts = urlsplit(text)
        good = parts.scheme in {"http", "https"} and parts.hostname and 0 <= (parts.port or 0) <= 65535
    except ValueError:
        good = False
    if not good or not text.isascii() or not text.isprintable() or set(" ?#@\"'<>") & set(text):
        raise ValueError('write it as "https://help.example.com"')
    return text


def hook(text: str) -> str:
    """The address of a page of another program. Over plain http only where no network is between."""
    try:
        parts = urlsplit(text)
        host = parts.hostname or ""
        good = parts.port != 0 and not parts.username and not parts.fragment
    except ValueError:
        good, host = False, ""
    if not good or not host or not text.isascii() or not text.isprintable() or set(" \"'<>") & set(text):
        raise ValueError('write it as "https://crm.example.com/hooks/postroom"')
    if parts.scheme != "https" and not (parts.scheme == "http" and is_loopback(host)):
        raise ValueError(f"{host} is not this machine: write it with https")
    return text


def organisation(text: str) -> str:
    """A client's own domain, in lower case. Raises ValueError."""
    domain = text.strip().lower()
    if owner_of(f"x@{domain}") != domain or "." not in domain:
        raise ValueError(
            "it is not the domain of one organisation, such as client.example: public mail domains are nobody's"
        )
    return domain


def network(text: str) -> str:
    """An address of the Internet Protocol, or a network of them."""
    try:
        ip_network(text)
    except ValueError:
        raise ValueError('write an address such as "127.0.0.1", or a network such as "10.0.0.0/8"') from None
    return text


def interval(seconds: float) -> float:
    if not (isfinite(seconds) and 0 < seconds <= DAY_SECONDS):
        raise ValueError(f"write a number of seconds above 0, at most {DAY_SECONDS}")
    return seconds


def between(number: int, lowest: int, highest: int) -> int:
    if not lowest <= number <= highest:
        raise ValueError(f"write a whole number from {lowest} to {highest}")
    return number


def authorities(path: Path) -> Path:
    """A file with the certificates that a server's certificate is checked against."""
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(path)
    except (OSError, ValueError) as error:
        reason = "it is not in PEM form" if isinstance(error, ssl.SSLError | ValueError) else error.strerror
        raise ValueError(f"{reason}: name a file with certificates in PEM form") from None
    return path


def database(folder: Path, url: str) -> tuple[str, str]:
    """The address of a database, and the password that stands in it. A relative path is meant from `folder`."""
    if url.startswith(SQLITE):
        return f"{SQLITE}{_file(folder / url.removeprefix(SQLITE))}", ""
    if url.startswith(POSTGRESQL):
        return _server(url)
    raise ValueError('write "sqlite:///postroom.db", or "postgresql+psycopg://user@host/name"')


def _file(path: Path) -> Path:
    if not str(path).isprintable() or path.is_dir() or set("?#") & set(str(path)):
        raise ValueError('write "sqlite:///postroom.db", or the path of another file')
    if not path.parent.is_dir():
        raise ValueError(f"there is no folder {path.parent}: make it")
    return path


def _server(url: str) -> tuple[str, str]:
    mend = 'write "postgresql+psycopg://user@host/name"; in a password, @ is %40, / is %2F and : is %3A'
    try:
        parts = urlsplit(url)
        name, password = parts.path.removeprefix("/"), unquote(parts.password or "")
        good = url.isprintable() and 0 <= (parts.port or 0) <= 65535
    except ValueError:
        raise ValueError(mend) from None
    if not good or not name or set("/@") & set(name) or "password" in parse_qs(parts.query):
        raise ValueError(mend)
    user, at, host = parts.netloc.rpartition("@")
    return urlunsplit(parts._replace(netloc=f"{user.partition(':')[0]}{at}{host}")), password
