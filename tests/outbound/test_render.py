"""Rendering: a notice becomes a mail that every server takes, and that says what was meant and nothing more."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inbound.message import Address
from outbound.facts import Facts, bare_subject
from outbound.mime import assemble, clean_body
from outbound.render import Rendered, Renderer, RenderError
from workflow.decision import Audience, Notice, Ticket
from workflow.machine import Ball, Nature, Status

CANARY = "canary7391"
AT = datetime(2026, 12, 3, 15, 30, tzinfo=UTC)
RENDERER = Renderer()
OUTSTANDING = Status("outstanding", "Outstanding", True, Ball.US, "It is our turn.", "Do it.", "#c2410c", {})
TICKET = Ticket(
    number=1042,
    workflow="courseleaf",
    status="outstanding",
    subject=f"My {CANARY} is broken",
    requester=Address("ana@example.org", f"Ana {CANARY}"),
    mailbox="support",
    created_at=AT,
    status_since=AT,
)
FACTS = Facts(
    message_id="<m1@example.com>",
    date=AT,
    sender=Address("support@example.com", "Support"),
    team="Support",
    zone=ZoneInfo("America/Chicago"),
    ticket=TICKET,
    status=OUTSTANDING,
    reopen=timedelta(days=30),
    reply_to="support+r1@example.com",
    in_reply_to="<question@example.org>",
    references=("<first@example.org>",),
    text=f"Try it again, {CANARY}.",
    author="Kim",
)
any_text = st.text(st.characters(), max_size=300)


def notice(name: str, nature: Nature, audience: Audience = Audience.CLIENT) -> Notice:
    return Notice(name, "courseleaf", nature, audience, TICKET.requester)


RECEIVED = notice("received", Nature.ACKNOWLEDGEMENT)
STALE = notice("stale", Nature.AUTOMATIC)
REPLY = notice("reply", Nature.PERSONAL)
ALERT = Notice("alert", "staff", Nature.STAFF, Audience.STAFF, Address("kim@example.com"))


def parsed(rendered: Rendered) -> EmailMessage:
    return message_from_bytes(rendered.raw, policy=policy.default)  # type: ignore[return-value]


def part(mail: EmailMessage, kind: str) -> str:
    body = mail.get_body((kind,))
    assert body is not None
    return str(body.get_content()).replace("\r\n", "\n")


def test_a_mail_has_each_header_once_and_both_bodies() -> None:
    mail = parsed(RENDERER.render(RECEIVED, FACTS))
    assert mail.keys() == [
        *("From", "To", "Subject", "Date", "Message-ID", "Reply-To", "In-Reply-To", "References"),
        *("Auto-Submitted", "X-Auto-Response-Suppress", "X-Postroom-Loop", "MIME-Version", "Content-Type"),
    ]
    assert mail["from"] == "Support <support@example.com>"
    assert mail["to"] == "ana@example.org"
    assert mail["date"] == "Thu, 03 Dec 2026 09:30:00 -0600"
    assert mail["message-id"] == "<m1@example.com>"
    assert mail["reply-to"] == "support+r1@example.com"
    assert mail["in-reply-to"] == "<question@example.org>"
    assert mail["references"] == "<first@example.org> <question@example.org>"
    assert [each.get_content_type() for each in mail.walk()] == ["multipart/alternative", "text/plain", "text/html"]
    assert not [defect for each in mail.walk() for defect in each.defects]


@pytest.mark.parametrize(
    ("which", "submitted"),
    [(RECEIVED, "auto-replied"), (STALE, "auto-generated"), (ALERT, "auto-generated"), (REPLY, None)],
)
def test_s17_automatic_mail_says_so_and_a_persons_mail_does_not(which: Notice, submitted: str | None) -> None:
    mail = parsed(RENDERER.render(which, replace(FACTS, title="Look")))
    assert mail["auto-submitted"] == submitted
    assert mail["x-auto-response-suppress"] == ("All" if submitted else None)
    assert mail["x-postroom-loop"] == ("<m1@example.com>" if submitted else None)


@pytest.mark.parametrize("name", ["received", "escalated", "reopened", "reply-received"])
@pytest.mark.parametrize("was", [None, OUTSTANDING])
def test_t07_an_acknowledgement_repeats_nothing_that_people_wrote(name: str, was: Status | None) -> None:
    rendered = RENDERER.render(notice(name, Nature.ACKNOWLEDGEMENT), replace(FACTS, was=was))
    mail = parsed(rendered)
    assert "#1042" in rendered.subject
    for said in (rendered.raw.decode(), rendered.subject, part(mail, "plain"), part(mail, "html")):
        assert CANARY not in said


@pytest.mark.parametrize("name", ["subject", "text", "author", "ticket", "recipient", "title"])
def test_t07_a_template_cannot_make_an_acknowledgement_repeat_it(tmp_path: Path, name: str) -> None:
    put(tmp_path, "courseleaf/received/subject.txt", f"{{{{ {name} }}}}")
    with pytest.raises(RenderError, match=f"'{name}' is undefined .an acknowledgement repeats nothing"):
        Renderer(tmp_path).render(RECEIVED, FACTS)


@pytest.mark.parametrize("code", ["{{7*7}}", "{% for x in y %}", "{# gone #}", "${7*7}", "{{ ''.__class__ }}"])
def test_t18_template_code_in_a_mail_stays_text(code: str) -> None:
    ticket = replace(TICKET, subject=code, requester=Address("ana@example.org", code))
    facts = replace(
        FACTS, ticket=ticket, text=code, author=code, team=code, sender=Address("support@example.com", code)
    )
    rendered = RENDERER.render(REPLY, facts)
    mail = parsed(rendered)
    assert rendered.subject == f"Re: {code} [#1042]"
    assert mail["from"].addresses[0].display_name == code
    assert part(mail, "plain").startswith(f"{code}\n\n{code}\n\n{code}\n\n")


def test_markup_in_a_mail_is_shown_and_not_run() -> None:
    attack = "<script>alert(1)</script><img src=x onerror=y> & \"'"
    html = part(parsed(RENDERER.render(REPLY, replace(FACTS, text=attack, author=attack, team=attack))), "html")
    assert html.count("&lt;script&gt;") == 3
    assert "<script" not in html
    assert "<img" not in html


@given(any_text, any_text, any_text, any_text)
def test_t17_the_headers_read_again_are_those_that_were_meant(subject: str, name: str, text: str, team: str) -> None:
    facts = replace(
        FACTS,
        ticket=replace(TICKET, subject=subject, requester=Address("ana@example.org", name)),
        sender=Address("support@example.com", name),
        text=f"Hello\n{text}",
        author=name,
        team=team,
    )
    rendered = RENDERER.render(REPLY, facts)
    mail = parsed(rendered)
    assert mail.keys() == [
        *("From", "To", "Subject", "Date", "Message-ID", "Reply-To", "In-Reply-To", "References"),
        *("MIME-Version", "Content-Type"),
    ]
    assert mail["subject"] == rendered.subject
    assert [address.addr_spec for address in mail["from"].addresses] == ["support@example.com"]
    assert_fit_for_every_server(rendered.raw)


@given(any_text)
def test_a_persons_words_arrive_as_they_were_written(text: str) -> None:
    rendered = RENDERER.render(REPLY, replace(FACTS, text=f"> x\n{text}\n."))
    assert part(parsed(rendered), "plain").startswith(clean_body(f"> x\n{text}\n."))


def assert_fit_for_every_server(raw: bytes) -> None:
    assert raw.isascii()
    assert raw.endswith(b"\r\n")
    assert not re.search(rb"\r(?!\n)|(?<!\r)\n|\0", raw)
    head, _, body = raw.partition(b"\r\n\r\n")
    assert max(map(len, head.split(b"\r\n"))) <= 998
    assert max(map(len, body.split(b"\r\n"))) <= 78


def test_a_lone_carriage_return_ends_a_line_and_other_controls_vanish() -> None:
    assert clean_body("a\rb\r\nc\td\0\x0b\x85e\u2028f\ud800") == "a\nb\nc\tde\nf\ufffd"


def test_t17_a_header_that_would_bring_another_is_never_written() -> None:
    with pytest.raises(ValueError, match="header"):
        assemble([("Subject", ["one\r\nBcc: x@example.net"])], "<m1@example.com>", "text", "html")


def test_s04_long_ids_and_words_make_no_line_too_long() -> None:
    ids = tuple(f"<{number}{'x' * 480}@example.org>" for number in range(99))
    facts = replace(FACTS, references=ids, in_reply_to=ids[-1], text="y" * 100_000)
    rendered = RENDERER.render(REPLY, facts)
    assert max(map(len, rendered.raw.split(b"\r\n"))) <= 998
    head = rendered.raw.partition(b"\r\n\r\n")[0].decode()
    assert [line.strip() for line in head.split("References: ")[1].split("\r\n")][:50] == [ids[0], *ids[-49:]]
    assert_fit_for_every_server(rendered.raw)


def test_the_same_facts_give_the_same_bytes_everywhere() -> None:
    assert Renderer().render(REPLY, FACTS) == RENDERER.render(REPLY, FACTS)
    other = RENDERER.render(REPLY, replace(FACTS, message_id="<m2@example.com>"))
    assert parsed(other).get_boundary() != parsed(RENDERER.render(REPLY, FACTS)).get_boundary()


def test_a_text_that_holds_the_boundary_stays_in_its_part() -> None:
    boundary = parsed(RENDERER.render(REPLY, FACTS)).get_boundary()
    text = f"before\n--{boundary}--\nafter"
    assert part(parsed(RENDERER.render(REPLY, replace(FACTS, text=text))), "plain").startswith(text)


@pytest.mark.parametrize(
    ("subject", "bare"),
    [
        ("Re: AW: RE[2]: Fwd : Help", "Help"),
        ("Re: [#1042] Re: Help [#7]", "Help"),
        ("[#1[#2]2] Help", "[#1 2] Help"),
        ("[#1\u202e2] Help", "Help"),
        ("Regarding: Help", "Regarding: Help"),
        ("Re:", ""),
        ("x" * 400, "x" * 149 + "…"),
    ],
)
def test_a_subject_is_bared_of_prefixes_and_tags(subject: str, bare: str) -> None:
    assert bare_subject(subject) == bare


@given(any_text)
def test_no_subject_can_smuggle_a_tag_beside_ours(subject: str) -> None:
    facts = replace(FACTS, ticket=replace(TICKET, subject=f"Re: [#{subject}9] [#1{subject}"))
    rendered = RENDERER.render(REPLY, facts)
    assert rendered.subject.endswith(" [#1042]")
    assert re.findall(r"\[#\d+\]", rendered.subject) == ["[#1042]"]
    assert not rendered.subject.lower().startswith("re: re:")


def test_an_empty_subject_gets_words() -> None:
    assert (
        RENDERER.render(REPLY, replace(FACTS, ticket=replace(TICKET, subject=" "))).subject
        == "Re: your request [#1042]"
    )


@pytest.mark.parametrize(
    ("facts", "recipient", "reason"),
    [
        ({}, "ana@example.org> SIZE=1", "no address that mail can go to"),
        ({"sender": Address("süpport@example.com")}, "ana@example.org", "SMTPUTF8"),
        ({"sender": Address("support")}, "ana@example.org", "no address that mail can go to"),
        (
            {"reply_to": "support+r1@example.com\r\nBcc: x@example.net"},
            "ana@example.org",
            "no address that mail can go to",
        ),
        ({"message_id": "<a b>"}, "ana@example.org", "its Message-ID is none"),
        ({"message_id": "<a>\r\nBcc: x@example.net"}, "ana@example.org", "its Message-ID is none"),
    ],
)
def test_what_would_break_the_envelope_is_refused(facts: dict[str, object], recipient: str, reason: str) -> None:
    with pytest.raises(RenderError, match=reason):
        RENDERER.render(replace(REPLY, recipient=Address(recipient)), replace(FACTS, **facts))  # type: ignore[arg-type]


@pytest.mark.parametrize("odd", ["", "none", "<a b@example.org>", "<a>\r\nBcc: x@example.net"])
def test_an_odd_parent_is_not_answered_but_the_mail_goes_out(odd: str) -> None:
    mail = parsed(RENDERER.render(REPLY, replace(FACTS, in_reply_to=odd)))
    assert "In-Reply-To" not in mail
    assert mail["references"] == "<first@example.org>"
    assert "Bcc" not in mail


def put(folder: Path, path: str, text: str) -> None:
    (folder / path).parent.mkdir(parents=True, exist_ok=True)
    (folder / path).write_text(text)


def test_an_operator_overrides_one_file_and_keeps_the_others(tmp_path: Path) -> None:
    put(tmp_path, "courseleaf/received/body.txt", "Moin, {{ number }}!")
    rendered = Renderer(tmp_path).render(RECEIVED, FACTS)
    assert part(parsed(rendered), "plain").startswith("Moin, 1042!\n")
    assert ">Moin, 1042!</p>" in part(parsed(rendered), "html")
    assert rendered.subject == RENDERER.render(RECEIVED, FACTS).subject


@pytest.mark.parametrize(
    ("template", "reason"),
    [
        ("{{ nothing }}", "'nothing' is undefined"),
        ("{{ status.nothing }}", "has no attribute 'nothing'"),
        ("{% if %}", "courseleaf/stale/body.txt, line 1: "),
        ("{{ 1 // 0 }}", "ZeroDivisionError"),
        ("{{ due|day }}", "Error"),
        ("{{ range(10**9)|list }}", "Range too big"),
        ("{{ ''.__class__.__mro__ }}", "access to attribute '__class__'"),
        ("{% include 'gone.txt' %}", "templates/mail/gone.txt is missing: add it"),
        ("{% include '../../pyproject.toml' %}", "is missing"),
        ("{% include 'courseleaf/stale/body.txt' %}", "RecursionError"),
        (" \n", "it comes out empty"),
    ],
)
def test_a_template_that_fails_is_one_error_that_names_it(tmp_path: Path, template: str, reason: str) -> None:
    put(tmp_path, "courseleaf/stale/body.txt", template)
    with pytest.raises(RenderError, match=r"^courseleaf/stale: courseleaf/stale/body.txt: ") as caught:
        Renderer(tmp_path).render(STALE, FACTS)
    assert reason in caught.value.reason
    assert caught.value.notice == STALE


def test_a_notice_without_templates_is_named() -> None:
    with pytest.raises(RenderError, match=r"templates/mail/courseleaf/nowhere/subject.txt is missing: add it"):
        RENDERER.render(notice("nowhere", Nature.AUTOMATIC), FACTS)


def test_a_clients_notice_about_no_ticket_is_refused() -> None:
    with pytest.raises(RenderError, match="'subject' is undefined"):
        RENDERER.render(STALE, replace(FACTS, ticket=None))


def test_a_date_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="aware"):
        replace(FACTS, date=datetime(2026, 12, 3))  # noqa: DTZ001 - the fault itself
