"""What an SMTP answer means for the mail, as one table. Pure; it never talks to a server."""

from collections.abc import Callable, Mapping
from enum import StrEnum

from outbound.outbox import Dead, Outcome, Retry, Sent, Unknown

LONGEST_ANSWER = 500  # characters that are kept and shown


class Phase(StrEnum):
    """How far the talk had come. Only from the final dot on may the mail have been accepted."""

    CONNECT = "connect"
    TLS = "tls"  # STARTTLS and the handshake
    GREETING = "greeting"
    HELLO = "hello"
    AUTH = "auth"
    ASIDE = "aside"  # NOOP, RSET, QUIT: no mail is in hand
    MAIL = "mail"
    RCPT = "rcpt"
    DATA = "data"
    BODY = "body"  # after 354, before the final dot
    DOT = "dot"


# Where a failure is the same for every mail.
BEFORE_MAIL = (Phase.CONNECT, Phase.TLS, Phase.GREETING, Phase.HELLO, Phase.AUTH)


class Reply(StrEnum):
    """The kinds of answer that make a difference (RFC 5321 §4.2.1, RFC 4954 §6)."""

    ACCEPTED = "2yz"
    LEAVING = "421"  # the server goes away, and has accepted nothing
    ACCOUNT = "530"  # 530, 534, 535, 538: our account is the trouble, not this mail
    TEMPORARY = "4yz"
    PERMANENT = "5yz"
    NONE = "none"  # lost, timed out, unreadable, or a code that has no place here


# Columns: the phases, in their order. S sent, R retry, U unknown, D dead.
# A refusal of *us* (before MAIL) never kills a mail: the password may be wrong today and right tomorrow.
#                    connect       auth  mail     body
#                    | tls greet   | aside| rcpt  | dot
#                    | | | hello   | |   | | data | |
OUTCOMES: Mapping[Reply, str] = {
    Reply.ACCEPTED: "R R R R       R R   R R R    R S",
    Reply.LEAVING: " R R R R       R R   R R R    R R",
    Reply.ACCOUNT: " R R R R       R R   R R R    R R",
    Reply.TEMPORARY: "R R R R      R R   R R R    R R",
    Reply.PERMANENT: "R R R R      R R   D D D    D D",
    Reply.NONE: "    R R R R       R R   R R R    R U",
}

LETTERS: Mapping[str, Callable[[str], Outcome]] = {"S": Sent, "R": Retry, "U": Unknown, "D": Dead}

ACCOUNT_CODES = frozenset({530, 534, 535, 538})


def outcome_of(code: int, text: str, phase: Phase) -> Outcome:
    """The outcome of an answer, or of its absence (`code` 0), in a phase.

    552 and 5.3.4 (too large) are 5yz and so for good, whatever RFC 5321 §4.5.3.1.10 allows for old servers.
    """
    make = LETTERS[OUTCOMES[reply_of(code)].split()[list(Phase).index(phase)]]
    said = f"{code} {readable(text)}".strip() if code > 0 else readable(text)
    return make(said if make is Sent else f"{phase}: {said}")


def before_mail(outcome: Outcome) -> bool:
    """Whether it was put off before any mail was named: the server, or our account there, is the trouble."""
    return isinstance(outcome, Retry) and outcome.answer.partition(":")[0] in BEFORE_MAIL


def reply_of(code: int) -> Reply:
    if code == 421:
        return Reply.LEAVING
    if code in ACCOUNT_CODES:
        return Reply.ACCOUNT
    by_digit = {2: Reply.ACCEPTED, 4: Reply.TEMPORARY, 5: Reply.PERMANENT}
    return by_digit.get(code // 100, Reply.NONE)


def readable(text: str) -> str:
    """A server's words as one line that any database and page can take."""
    flat = " ".join(text[: 4 * LONGEST_ANSWER].split())
    return "".join(c if c.isprintable() else "?" for c in flat)[:LONGEST_ANSWER]
