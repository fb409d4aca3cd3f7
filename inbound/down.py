"""MailboxDown: why a mailbox cannot be read, and when to try it again. Values only; it never waits itself.

ValueError
└── BadArgument         we are wrong: a setting or an argument that must not be sent; do not try again
Exception
└── MailboxDown         the world is down: network, BYE, EOF, deadline, garbage; connect again later
    ├── MailboxBusy     the server asks to be left alone for a while
    └── MailboxRefused  the server said no to the login, TLS, a folder or a command; the text is its own
"""

import re

FIRST_DELAY_SECONDS = 1.0
LONGEST_DELAY_SECONDS = 300.0
JITTER = 0.2
LONGEST_ANSWER = 300

# How OpenSSL calls an answer that is none of TLS.
NO_TLS = frozenset({"WRONG_VERSION_NUMBER", "PACKET_LENGTH_TOO_LONG", "RECORD_LAYER_FAILURE", "HTTP_REQUEST"})

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]+")
_TOOK = re.compile(r" \([\d.]+(?: \+ [\d.]+)* secs\)")  # Dovecot says how long it took: else each refusal would be news


class BadArgument(ValueError):
    """A host, user, password, folder or UID that must not reach a server."""


class MailboxDown(Exception):
    """The mailbox cannot be used now. The connection is gone; connect again after `reconnect_delay`."""


class MailboxBusy(MailboxDown):
    """Nothing is broken: connect again after `seconds`, and not before."""

    def __init__(self, text: str, seconds: float) -> None:
        super().__init__(text)
        self.seconds = seconds


class MailboxRefused(MailboxDown):
    """The server refused: its text says what and why. `Mailbox.is_open` tells whether the connection stands."""


def printable(answer: object) -> str:
    """What a server or a library said, on one short line without control characters."""
    if isinstance(answer, BaseException):
        answer = _words(answer)
    text = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else str(answer)
    return _TOOK.sub("", _CONTROL.sub(" ", text[: 2 * LONGEST_ANSWER])).strip()[:LONGEST_ANSWER]


def _words(error: BaseException) -> object:
    """Of the system's own errors without their numbers."""
    if error.args and isinstance(error.args[0], bytes):
        return error.args[0]
    system = error.strerror if isinstance(error, OSError) and not error.filename else ""
    return system or str(error) or type(error).__name__


def reconnect_delay(failures: int, jitter: float) -> float:
    """Seconds before the next try: 1 after the first failure, doubling up to 300, each ±20 %.

    `failures` in a row, from 1; `jitter` from -1 to 1, drawn by the caller.
    """
    doublings = min(max(failures, 1) - 1, 16)
    return min(LONGEST_DELAY_SECONDS, FIRST_DELAY_SECONDS * 2.0**doublings) * (1 + JITTER * jitter)
