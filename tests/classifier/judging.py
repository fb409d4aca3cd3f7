"""What the tests of the classifier share: our addresses, mails made by hand, and mails read from files."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from classifier.classify import classify
from classifier.verdict import Evidence, Known, Link, Ours, ReportRule, Standing, Verdict
from inbound.message import Address, Message

MAILS = Path(__file__).parent.parent / "mails"
OURS = Ours(
    support=frozenset({"support@example.com", "help@example.com"}),
    escalate=frozenset({"escalate@example.com"}),
    staff=frozenset({"kim@example.com"}),
    forms=frozenset({"forms@example.com"}),
    reports=(ReportRule("nightly", sender="@jobs.example.com", subject="daily.sh failed"),),
)
SENT = datetime(2026, 12, 2, 9, 0, tzinfo=UTC)
DANA = "dana.whitfield@example.org"


def mail(
    text: str = "BIO 101 shows the wrong credits.", sender: str = DANA, *headers: tuple[str, str], **fields: object
) -> Message:
    """A person's mail to support, changed as the test wants. `headers` are (name in lower case, value)."""
    plain = Message(
        sha256="0" * 64,
        content_key="0" * 64,
        size=1000,
        headers=(("from", sender), *headers),
        message_id="<1@example.org>",
        date=SENT,
        from_=(Address(sender),) if sender else (),
        to=(Address("support@example.com"),),
        return_path=sender,
        subject="Wrong credits",
        parts=("text/plain",),
        text=text,
    )
    return replace(plain, **fields)  # type: ignore[arg-type]


def judge(message: Message, ours: Ours = OURS, mailbox: str = "support", **evidence: object) -> Verdict:
    return classify(Evidence(message, ours, mailbox, **evidence))  # type: ignore[arg-type]


def link(known: Known = Known.TOKEN, standing: Standing = Standing.REQUESTER) -> Link:
    return Link(77, known, standing, "In-Reply-To: <ticket-77@example.com>")


def fixtures() -> list[Path]:
    """Every mail whose folder is a kind: tests/mails/<kind>/<reason>.eml."""
    return sorted(MAILS.glob("*/*.eml"))
