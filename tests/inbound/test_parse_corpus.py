"""The private corpus of real mails: every one is read. It is measured with, never copied."""

import re
from collections.abc import Iterator
from email import message_from_bytes
from email.message import Message as Part

from inbound.parse import attachment, parse
from tests.inbound.mails import corpus

UNSEEN = re.compile(
    rb"<(style|script|title)\b.*?</\1|<!--.*?-->|<[^>]*>|&nbsp;|&#160;|\s|\xc2\xa0|\xa0", re.DOTALL | re.IGNORECASE
)


def own_leaves(part: Part) -> Iterator[Part]:
    """The leaves of the mail itself, as the standard library sees them: none of a forwarded mail."""
    if part.get_content_maintype() == "multipart" and part.is_multipart():
        for child in part.get_payload():
            yield from own_leaves(child)
    elif not part.is_multipart():
        yield part


def has_a_text(raw: bytes) -> bool:
    return any(
        UNSEEN.sub(b"", leaf.get_payload(decode=True) or b"")
        for leaf in own_leaves(message_from_bytes(raw))
        if leaf.get_content_type() in {"text/plain", "text/html"} and leaf.get_content_disposition() != "attachment"
    )


def test_every_real_mail_is_read_and_no_text_is_lost() -> None:
    real = corpus()
    assert len(real) > 600
    for name, raw in real:
        message = parse(raw)
        assert message.text.strip() or not has_a_text(raw), name
        for index, found in enumerate(message.attachments):
            assert len(attachment(raw, index)) == found.size
