"""Each trap that a mail can be, by name: what parse makes of it."""

from datetime import UTC, datetime

import pytest

from inbound.message import Address, Message, Report
from inbound.parse import attachment, parse
from tests.inbound.mails import hostile

HEAD = (
    b"Message-ID: <1@client.example.org>\nDate: Mon, 02 Nov 2026 09:15:00 +0100\nFrom: Kim <kim@client.example.org>\n"
)
FIRE = "The printer is on fire."


def defect(message: Message, name: str) -> bool:
    return any(found.startswith(name) for found in message.defects)


@pytest.mark.parametrize(
    ("reason", "text"),
    [
        ("iso-2022-jp-without-transfer-encoding", "プリンターが動きません。"),
        ("iso-2022-jp-that-nobody-declared", "プリンターが動きません。"),
        ("utf-7-without-transfer-encoding", "Größe und Maße"),
        ("raw-latin-1-in-headers-and-body", "Der Straßenname fehlt."),
        ("unknown-charset", "Der Straßenname fehlt."),
        ("charset-that-is-a-codec-of-quadratic-cost", "The printer é is on fire."),
        ("codec-that-is-no-charset", "The printer é is on fire."),
        ("utf-16-that-is-ascii", FIRE),
        ("multipart-without-boundary", FIRE),
        ("multipart-whose-boundary-never-comes", FIRE),
        ("multipart-cut-off-in-the-middle", FIRE),
        ("forwarded-mail-whose-text-is-not-ours", "Please see the mail below."),
        ("nothing-but-a-forwarded-mail", ""),
        ("transfer-encoding-with-a-trailing-comment", "Größe"),
        ("base64-with-junk-and-no-padding", "The printer is on fire"),
        ("text-that-calls-itself-an-attachment", FIRE),
        ("plain-alternative-that-is-empty", "Only here"),
        ("html-with-a-plain-footer-of-a-list", "The message\n_______\nThe footer"),
        ("plain-and-html-named-mixed", "The message"),
        ("nul-and-control-characters-in-the-body", "The printer\nis\non fire.[31m"),
        ("lone-surrogates-out-of-utf-7", "The  printer"),
        ("lone-carriage-returns", "The printer\nis on fire."),
        ("no-headers-at-all", FIRE),
        ("nothing-at-all", ""),
    ],
)
def test_the_text_is_what_a_reader_sees(reason: str, text: str) -> None:
    assert parse(hostile(reason)).text.strip() == text


@pytest.mark.parametrize("reason", ["rfc-2231-parameters-mixed", "header-lines-that-are-none"])
def test_no_text_is_lost_where_the_structure_is_broken(reason: str) -> None:
    assert FIRE in parse(hostile(reason)).text


def test_html_alone_is_read_as_lines_with_its_quotes_marked() -> None:
    message = parse(hostile("html-alone-with-script-and-quote"))
    assert message.text.splitlines() == [
        "It works & the link too.",
        "Second line",
        "",
        "one",
        "two",
        "",
        "a b",
        "",
        "> Your old text",
        ">",
        "> > older",
        "> >",
        "End",
    ]
    assert message.html.startswith("<html>")


@pytest.mark.parametrize(
    ("reason", "subject", "name"),
    [
        ("raw-utf-8-in-headers", "Grüße aus Köln", "Jürgen Beispiel"),
        ("raw-latin-1-in-headers-and-body", "Grüße", "Jürgen Beispiel"),
        ("encoded-words-split-within-a-character", "Grüße and more", ""),
        ("encoded-line-end-in-a-display-name", "a  Bcc: x@example.net", "Kim Bcc: x@example.net"),
    ],
)
def test_headers_are_decoded_to_one_line(reason: str, subject: str, name: str) -> None:
    message = parse(hostile(reason))
    assert message.subject == subject
    assert [address.name for address in message.from_] == [name]


def test_an_encoded_line_end_in_a_display_name_does_not_cost_the_sender() -> None:
    assert parse(hostile("encoded-line-end-in-a-display-name")).from_[0].addr == "kim@client.example.org"


def test_of_two_subjects_and_message_ids_the_first_counts_and_is_a_defect() -> None:
    message = parse(hostile("subject-and-message-id-twice"))
    assert (message.subject, message.message_id) == ("First", "<first@client.example.org>")
    assert defect(message, "subject: 2 headers")
    assert defect(message, "message-id: 2 headers")


def test_two_from_headers_are_a_defect() -> None:
    message = parse(hostile("two-from-headers"))
    assert message.from_ == (Address("kim@client.example.org", "Kim"),)
    assert defect(message, "from: 2 headers")


def test_a_mail_that_makes_mail_parser_raise_is_read_all_the_same() -> None:
    raw = HEAD + b"Content-Type: multipart/mixed; boundary=a\n\n--a\nContent-Type: multipart/mixed; boundary=c\n\nhi\n"
    message = parse(raw)
    assert defect(message, "mail-parser: AttributeError")
    assert message.date == datetime(2026, 11, 2, 8, 15, tzinfo=UTC)
    assert message.text == "hi"


def test_nameless_attachments_stay_nameless_and_are_the_same_each_time() -> None:
    raw = hostile("attachments-without-names")
    message = parse(raw)
    assert [(a.filename, a.content_type, a.size) for a in message.attachments] == [
        ("", "application/octet-stream", 4),
        ("", "text/rtf", 13),
    ]
    assert attachment(raw, 0) == b"\0\1\2\3"
    assert parse(raw) == message


def test_a_forwarded_mail_is_an_attachment_with_its_own_bytes() -> None:
    raw = hostile("forwarded-mail-whose-text-is-not-ours")
    message = parse(raw)
    assert message.parts == ("multipart/mixed", "text/plain", "message/rfc822")
    assert attachment(raw, 0).startswith(b"Message-ID: <inner@vendor.example.net>\nFrom: Vendor")
    assert message.message_id == "<forwarded-mail-whose-text-is-not-ours@client.example.org>"


def test_an_attachment_that_is_not_there_is_empty() -> None:
    raw = hostile("attachments-without-names")
    assert attachment(raw, 2) == attachment(raw, -1) == attachment(b"", 0) == b""


def test_filenames_are_cleaned_before_they_are_checked() -> None:
    names = [a.filename for a in parse(hostile("filenames-that-want-out")).attachments]
    assert names == ["passwd", "evil.exe", "htaccess", "invoicegnp.exe", "a b.pdf", "", "ab.txt", "full.txt"]


def test_a_delivery_status_is_read_by_its_fields() -> None:
    assert parse(hostile("delivery-status-with-returned-headers")).report == Report(
        report_type="delivery-status",
        recipients=("Lee@client.example.org", "kim@client.example.org"),
        actions=("failed", "delayed"),
        statuses=("5.1.1", "4.4.7"),
        diagnostics=("550 5.1.1 <lee@client.example.org>: no such user",),
        original_message_id="<ours@example.com>",
        original_sender="support@example.com",
    )


def test_a_read_receipt_names_the_mail_that_was_read() -> None:
    report = parse(hostile("disposition-notification")).report
    assert report is not None
    assert (report.report_type, report.actions) == ("disposition-notification", ("displayed",))
    assert (report.recipients, report.original_message_id) == (("kim@client.example.org",), "<ours@example.com>")


def test_a_feedback_report_names_the_mail_that_was_complained_about() -> None:
    report = parse(hostile("feedback-report")).report
    assert report is not None
    assert (report.report_type, report.recipients) == ("feedback-report", ("kim@client.example.org",))
    assert (report.original_message_id, report.original_sender) == ("<ours@example.com>", "support@example.com")


def test_a_persons_mail_that_forwards_a_bounce_is_no_report() -> None:
    raw = HEAD + (
        b"Content-Type: multipart/mixed; boundary=b\n\n--b\n\nWhat is this?\n--b\n"
        b"Content-Type: message/delivery-status\nContent-Disposition: attachment\n\nAction: failed\n--b--\n"
    )
    assert parse(raw).report is None


@pytest.mark.parametrize(
    ("parameter", "line", "method"),
    [
        (b"; method=request", b"METHOD:REPLY", "REQUEST"),
        (b"", b"METHOD:Reply", "REPLY"),
        (b'; method="CANCEL"', b"", "CANCEL"),
        (b"", b"", ""),
        (b"; method=\xff\xfe", b"", ""),
    ],
)
def test_the_method_of_an_invitation_is_the_parameter_else_the_line(parameter: bytes, line: bytes, method: str) -> None:
    raw = HEAD + b"Content-Type: text/calendar" + parameter + b"\n\nBEGIN:VCALENDAR\r\n" + line + b"\r\nEND:VCALENDAR\n"
    assert parse(raw).calendar_method == method


def test_the_method_line_of_an_alternative_is_found() -> None:
    assert parse(hostile("calendar-reply-without-the-parameter")).calendar_method == "REPLY"


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (b"Return-Path: <>\n", ""),
        (b"Return-Path: < >\n", ""),
        (b"Return-Path: <Kim@Client.Example.org>\n", "Kim@client.example.org"),
        (b"Return-Path: kim@client.example.org\n", "kim@client.example.org"),
        (b"Return-Path: <MAILER-DAEMON>\n", None),
        (b"", None),
    ],
)
def test_the_envelope_sender_is_an_address_the_null_sender_or_unknown(header: bytes, expected: str | None) -> None:
    assert parse(header + HEAD + b"\nhi\n").return_path == expected


def test_ids_keep_their_brackets_and_lose_their_folds() -> None:
    raw = (
        b"Message-ID: <a\n b@client.example.org>\nIn-Reply-To: Your mail of Monday <x@example.com> (Kim)\n"
        b"References: <1@example.com>\n\t<2@example.com> junk <3@example.com>\n\nhi\n"
    )
    message = parse(raw)
    assert message.message_id == "<ab@client.example.org>"
    assert message.in_reply_to == ("<x@example.com>",)
    assert message.references == ("<1@example.com>", "<2@example.com>", "<3@example.com>")


def test_an_id_without_brackets_gets_them_and_one_that_is_too_long_is_none() -> None:
    assert parse(b"Message-ID: 42@client.example.org\n\nhi").message_id == "<42@client.example.org>"
    assert parse(b"Message-ID: <" + b"a" * 1000 + b"@example.com>\n\nhi").message_id == ""


@pytest.mark.parametrize(
    ("date", "expected"),
    [
        (b"Mon, 02 Nov 2026 09:15:00 +0100", datetime(2026, 11, 2, 8, 15, tzinfo=UTC)),
        (b"2 Nov 2026 09:15 -0000", datetime(2026, 11, 2, 9, 15, tzinfo=UTC)),
        (b"Mon, 2 Nov 2026 9:15:00 GMT", datetime(2026, 11, 2, 9, 15, tzinfo=UTC)),
        (b"Mon, 02 Nov 99999999999 09:15:00 +0100", None),
        (b"yesterday", None),
        (b"Mon, 02 Nov 2026 09:15:00 +99999999999999999999", None),
    ],
)
def test_a_date_is_aware_or_absent(date: bytes, expected: datetime | None) -> None:
    message = parse(b"Date: " + date + b"\n\nhi\n")
    assert message.date == expected
    assert message.date is None or message.date.tzinfo is not None
    assert (expected is None) == defect(message, "date:")


def test_the_headers_keep_their_order_and_are_decoded() -> None:
    raw = b"Received: from a\r\n\tby b\r\nX-Note: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\nreceived: second\r\n\r\nhi"
    assert parse(raw).headers == (("received", "from a by b"), ("x-note", "Grüße"), ("received", "second"))


def test_two_deliveries_of_one_mail_have_one_content_key() -> None:
    body = "Größe\n"
    plain = HEAD + b"Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n" + body.encode()
    other = (
        b"Received: from mx by mx2\r\nDelivered-To: support@example.com\r\n"
        + HEAD.replace(b"\n", b"\r\n")
        + b"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nGr=C3=B6=C3=9Fe\r\n"
    )
    first, second = parse(plain), parse(other)
    assert first.content_key == second.content_key
    assert first.sha256 != second.sha256


@pytest.mark.parametrize(
    "other",
    [
        HEAD + b"\nsomething else\n",
        HEAD.replace(b"kim@", b"lee@") + b"\nhi\n",
        HEAD.replace(b"09:15", b"09:16") + b"\nhi\n",
        HEAD.replace(b"<1@", b"<2@") + b"\nhi\n",
        HEAD + b"Content-Type: multipart/mixed; boundary=b\n\n--b\n\nhi\n--b\nContent-Type: image/png\n\nx\n--b--\n",
    ],
)
def test_another_mail_has_another_content_key(other: bytes) -> None:
    assert parse(HEAD + b"\nhi\n").content_key != parse(other).content_key


def test_without_id_and_date_a_mail_is_only_the_same_as_its_own_bytes() -> None:
    first = parse(b"Received: one\nFrom: robot@example.net\nSubject: Alarm\n\nAlarm\n")
    second = parse(b"Received: two\nFrom: robot@example.net\nSubject: Alarm\n\nAlarm\n")
    assert first.content_key == first.sha256 != second.content_key


def test_an_inline_image_is_inline_and_an_attached_multipart_is_no_body() -> None:
    raw = HEAD + (
        b"Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: multipart/related; boundary=r\n\n"
        b"--r\nContent-Type: text/html\n\n<p>Body</p>\n--r\nContent-Type: image/png\nContent-ID: <logo@x>\n\nx\n--r--\n"
        b"--b\nContent-Type: multipart/alternative; boundary=a\nContent-Disposition: attachment\n\n"
        b"--a\nContent-Type: text/plain\n\nnot ours\n--a--\n--b--\n"
    )
    message = parse(raw)
    assert message.text == "Body"
    assert [(a.content_type, a.content_id, a.inline) for a in message.attachments] == [
        ("image/png", "logo@x", True),
        ("text/plain", "", False),
    ]
