"""A digest says what matters first, each thing once and with its link, the same in text and HTML, whatever clients wrote."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from inbound.message import Address
from outbound.digest import SHOWN, Period, Reader, digest
from outbound.facts import Facts
from outbound.proof import faults
from outbound.render import Rendered, Renderer
from outbound.standing import Case, Outage, Some, Standing, Stuck, Tally, Unheeded
from outbound.summary import Summary
from outbound.wording import short, span
from tests.outbound.test_templates import Page, words
from workflow.decision import Audience, Notice, Priority, Ticket
from workflow.load import load
from workflow.machine import Nature

URL = "https://help.example.com"
CHICAGO = ZoneInfo("America/Chicago")
NOW = datetime(2026, 11, 24, 14, tzinfo=UTC)  # Tuesday, 8 in the morning in Chicago
DAY = timedelta(days=1)
FILE = Path(__file__).parents[2] / "workflow/profiles/courseleaf.toml"
RENDERER = Renderer()
COURSELEAF = load(FILE.read_text(encoding="utf-8"), FILE.name, RENDERER.names("courseleaf"))
PERIOD = Period(NOW - DAY, NOW, CHICAGO)
BAD = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
any_text = st.text(st.characters(), max_size=300)


def case(number: int, status: str = "outstanding", days: float = 3, **more: object) -> Case:
    known = Ticket(
        number=number,
        workflow="courseleaf",
        status=status,
        subject=f"Page {number} is white",
        requester=Address(f"c{number}@example.org", f"Client {number}"),
        mailbox="support",
        created_at=NOW - timedelta(days=days),
        status_since=NOW - timedelta(days=days),
    )
    return Case(replace(known, **more), NOW - timedelta(days=days))


def some(*cases: Case, total: int = 0) -> Some[Case]:
    return Some(cases, total or len(cases))


def said(standing: Standing, url: str = URL, period: Period = PERIOD) -> Summary:
    return digest(standing, period, {"courseleaf": COURSELEAF}, url)


def rendered(summary: Summary) -> Rendered:
    notice = Notice("digest", "staff", Nature.DIGEST, Audience.STAFF, Address("kim@example.com"))
    facts = Facts(
        message_id="<m1@example.com>",
        date=NOW,
        sender=Address("support@example.com", "Support"),
        team="Support",
        zone=CHICAGO,
        summary=summary,
        unsubscribe="admin+x@example.com",
    )
    return RENDERER.render(notice, facts)


def parsed(made: Rendered) -> EmailMessage:
    return message_from_bytes(made.raw, EmailMessage, policy=policy.default)


def html(made: Rendered) -> str:
    body = parsed(made).get_body(("html",))
    assert body is not None
    return str(body.get_content())


BUSY = Standing(
    newcomers=some(case(1030, "problem_solved")),
    escalated=some(case(1001, "manager_escalation", 0.2, priority=Priority.URGENT)),
    waiting=some(*(case(number, days=20 - number % 10) for number in range(1002, 1007)), total=12),
    closing=some(
        case(1010, "pending_client_feedback", due_at=NOW + DAY, reminded=True),
        case(1011, "stale", due_at=NOW + 2 * DAY, paused_until=NOW + timedelta(hours=47)),
    ),
    new=some(case(1020, days=0.1), case(1003, days=0.2), total=4),
    quarantined=Some((Stuck(17, "", "", "quarantined", "tried 3 times: it nests too deep"),), 1),
    failed=Some((Stuck(9, "ada@example.org", "Re: Page 7 [#1007]", "dead", "550 no such user", 1007),), 1),
    held=(("300 acknowledgements to everybody within an hour", 40),),
    unheeded=Some(
        (Unheeded(case(1040, "support_rep_working").ticket, 'linked issue ENG-12 is "reviewed": it stays'),), 1
    ),
    outages=(Outage("support", NOW - timedelta(hours=2), "connection refused"),),
    tally=Tally(
        27,
        20,
        (("bulk", 4), ("receipt", 1)),
        1,
        1,
        14,
        6,
        9,
        (("3 acknowledgements to this address within an hour", 2),),
    ),
)


def test_the_subject_says_the_essence() -> None:
    assert said(BUSY).subject == "7 need you, 12 wait, 2 move on soon — Tuesday 24 November"
    assert said(Standing(waiting=some(case(1)))).subject == "1 waits — Tuesday 24 November"


def test_what_matters_most_stands_first_and_each_ticket_once() -> None:
    summary = said(BUSY)
    titles = [section.title for section in summary.sections]
    assert titles == [
        "Needs you",
        "Waits for us, the longest first",
        "Moves on by itself within two days",
        "New",
        "Since Monday 23 November 2026 at 08:00 (CST)",
    ]
    needs, waits, soon, new, balance = ([line.head for line in section.lines] for section in summary.sections)
    assert needs == [
        "The mailbox support cannot be read",
        "#1001 Page 1001 is white",
        "#1030 Page 1030 is white",
        "#1040 Page 1040 is white",
        "mail m17",
        "#1007 Page 7",
        "40 outgoing mails are held",
    ]
    assert waits[-1] == "and 7 more"
    assert soon == ["#1010 Page 1010 is white", "#1011 Page 1011 is white"]
    assert new == ["#1020 Page 1020 is white", "and 2 more"]  # of four, one stands above, as waiting
    assert balance == [
        "27 mails came in: 20 on tickets, 5 parked, 1 quarantined, 1 not processed yet.",
        "Parked: lists and newsletters 4, receipts 1.",
        "14 answers went out; 6 tickets opened, 9 closed and not opened again.",
        "2 answers were not sent: 3 acknowledgements to this address within an hour.",
    ]


def test_a_line_says_who_how_long_and_what_comes() -> None:
    lines = {line.head: (line.label, line.detail) for section in said(BUSY).sections for line in section.lines}
    assert lines["#1001 Page 1001 is white"] == ("Manager Escalation", "urgent, waits 4 hours, Client 1001")
    assert lines["#1010 Page 1010 is white"] == (
        "Pending Client Feedback",
        "goes to Stale on Wednesday 25 November at 08:00, Client 1010",
    )
    assert lines["#1011 Page 1011 is white"][1].startswith(
        "closes as Client Unreachable on Thursday 26 November at 08:00"
    )
    assert lines["#1007 Page 7"][1] == "o9, dead, ada@example.org, 550 no such user"
    assert lines["#1040 Page 1040 is white"] == (
        "Support Rep Working",
        'linked issue ENG-12 is "reviewed": it stays, Client 1040',
    )
    assert lines["mail m17"][1] == "m17, quarantined, tried 3 times: it nests too deep"


def test_every_line_has_its_link_in_text_and_html() -> None:
    summary, made = said(BUSY), rendered(said(BUSY))
    links = [line.link for section in summary.sections for line in section.lines]
    assert all(link.startswith(f"{URL}/") for link in links)
    assert f"{URL}/tickets/1001" in links
    assert re.findall(r'href="([^"]+)"', html(made)) == links
    assert re.findall(r"^  (https\S+)$", made.text, re.MULTILINE) == links


def test_without_a_public_url_the_numbers_stand_alone() -> None:
    made = rendered(said(BUSY, url=""))
    assert "href" not in html(made)
    assert "http" not in made.text
    assert "#1001 Page 1001 is white\n  Manager Escalation, urgent" in made.text


def test_without_pages_the_last_line_names_the_commands_that_show_what_it_tells_of() -> None:
    said_so = "postroom ticket N shows a ticket; postroom mails and postroom outbox list the mails."
    assert said(BUSY, url="").sections[-1].lines[-1].head == said_so
    assert f"\n\n{said_so}\n\nSupport\n" in rendered(said(BUSY, url="")).text
    assert said_so not in rendered(said(BUSY)).text


def test_text_and_html_say_the_same_words_in_the_same_order() -> None:
    made = rendered(said(BUSY, url=""))
    assert words(" ".join(Page.of(html(made)).said)) == words(made.text)


def test_a_quiet_day_is_two_lines() -> None:
    tally = Tally(came=4, parked=(("bulk", 4),))
    for standing, line in (
        (Standing(), "No mail came in."),
        (Standing(tally=tally), "4 mails came in: 4 parked. Parked: lists and newsletters 4."),
    ):
        made = rendered(said(standing, url=""))
        assert made.subject == "Nothing waits for you — Tuesday 24 November"
        assert made.text.partition("\n\nSupport\n")[0] == f"Nothing waits for you.\n\n{line}"


def test_it_is_short_however_much_there_is() -> None:
    cases = [case(number) for number in range(1001, 1101)]
    many = Some(tuple(cases[:SHOWN]), 5000)
    stuck = Some(tuple(Stuck(n, "a", "b" * 900, "dead", "c" * 900) for n in range(SHOWN)), 3000)
    made = rendered(said(Standing(many, many, many, Some(tuple(cases[:20]), 9000), stuck, stuck)))
    assert made.text.count("more\n") == 6
    assert len(made.text.splitlines()) < 150
    assert len(made.raw) < 40_000
    assert max(map(len, made.text.splitlines())) < 400


@settings(deadline=None)  # how fast a test is depends on what else the machine does
@given(any_text, any_text, any_text)
def test_t17_whatever_a_client_wrote_is_one_clean_line_and_no_markup(subject: str, name: str, why: str) -> None:
    hostile = case(1001, subject=subject, requester=Address("a@example.org", name), assigned_to=name)
    stuck = Some((Stuck(1, name, subject, "dead", why),), 1)
    held, outages = ((why, 1),), (Outage(name, NOW, why),)
    standing = Standing(escalated=some(hostile), failed=stuck, held=held, outages=outages)
    made, plain = rendered(said(standing)), rendered(said(replace(standing, escalated=some(case(1001)))))
    assert not BAD.search(made.text)
    assert [line for line in made.text.splitlines() if URL in line] == [
        line for line in plain.text.splitlines() if URL in line
    ]
    assert re.findall(r"<[^>]*>", html(made)) == re.findall(r"<[^>]*>", html(plain))
    assert made.subject == plain.subject


def test_markup_in_a_subject_is_shown_as_text() -> None:
    made = rendered(said(Standing(waiting=some(case(1001, subject='"><script>alert(1)</script>')))))
    assert "&lt;script&gt;" in html(made)
    assert "<script" not in html(made)


def test_a_status_that_the_workflow_no_longer_has_is_shown_by_its_key() -> None:
    gone = said(
        Standing(waiting=some(case(1001, "gone"), case(1002, workflow="other")), closing=some(case(1003, "gone")))
    )
    assert [line.label for section in gone.sections[:2] for line in section.lines] == ["gone", "outstanding", "gone"]


def test_a_line_offers_what_its_reader_may_do_now_and_at_most_two_things() -> None:
    busy = replace(
        BUSY,
        waiting=some(case(1002, assigned_to="kim@example.com"), case(1004)),
        closing=some(
            case(1010, "pending_client_feedback", due_at=NOW + DAY),
            case(1011, "stale", due_at=NOW + DAY),
            case(1012, "appointment_scheduled", due_at=NOW + DAY, until=NOW + DAY),
        ),
        thanked=some(case(1040, "problem_solved")),
    )
    reader = Reader("Kim@example.com", lambda ticket, what: f"{URL}/do/{what}/l{ticket.number}")
    summary = digest(busy, PERIOD, {"courseleaf": COURSELEAF}, reader=reader)
    offered = {
        line.head.partition(" ")[0]: [link.removeprefix(f"{URL}/do/") for _, link in line.deeds]
        for section in summary.sections
        for line in section.lines
        if line.head.startswith("#")
    }
    assert offered == {
        "#1001": ["take/l1001"],
        "#1030": ["take/l1030"],
        "#1007": [],
        "#1002": [],
        "#1004": ["take/l1004"],
        "#1010": ["wait/l1010"],
        "#1011": ["set-client_unreachable/l1011", "wait/l1011"],
        "#1012": [],
        "#1020": ["take/l1020"],
        "#1003": ["take/l1003"],
        "#1040": ["reopen/l1040"],
    }
    assert [line.deeds[0][0] for section in summary.sections for line in section.lines if "1011" in line.head] == [
        "Client Unreachable now"
    ]
    made = rendered(summary)
    assert not list(faults(made.subject, made.text, made.html, made.raw)), "text and HTML agree"
    nowhere = digest(busy, PERIOD, {"courseleaf": COURSELEAF}, reader=Reader("kim@example.com", lambda *_: ""))
    assert not any(line.deeds for section in nowhere.sections for line in section.lines)


def test_s17_s26_its_headers_say_that_a_machine_wrote_it_and_how_to_be_rid_of_it() -> None:
    mail = parsed(rendered(said(BUSY)))
    assert mail["auto-submitted"] == "auto-generated"
    assert mail["x-auto-response-suppress"] == "All"
    assert mail["list-id"] == "postroom digest <digest.example.com>"
    assert mail["list-unsubscribe"] == "<mailto:admin%2Bx@example.com?subject=unsubscribe%20digest>"
    assert mail["list-unsubscribe-post"] is None  # a promise that only the page behind an https link can keep
    assert mail["in-reply-to"] is None


def test_how_long_and_when_are_said_in_few_words() -> None:
    assert [span(timedelta(minutes=m)) for m in (-5, 0, 1, 59, 60, 119, 1439, 1440, 5000)] == [
        "0 minutes",
        "0 minutes",
        "1 minute",
        "59 minutes",
        "1 hour",
        "1 hour",
        "23 hours",
        "1 day",
        "3 days",
    ]
    assert short(datetime(2026, 11, 24, 23, 59, 59, tzinfo=CHICAGO)) == "Tuesday 24 November"
    then, now = datetime(2026, 11, 24, 9, 5, tzinfo=CHICAGO), datetime(2028, 1, 1, tzinfo=CHICAGO)
    assert short(then) == short(then, then) == "Tuesday 24 November at 09:05"
    assert short(then, now) == "Tuesday 24 November 2026 at 09:05"


def test_a_reminder_that_comes_first_is_told_as_one() -> None:
    file = FILE.with_name("service-desk.toml")
    desk = load(file.read_text(encoding="utf-8"), file.name, RENDERER.names("service-desk"))
    waits = case(1, "waiting_for_customer", workflow="service-desk", due_at=NOW + DAY)
    for ticket, says in (
        (waits.ticket, "its client is reminded on Wednesday 25 November at 08:00, Client 1"),
        (replace(waits.ticket, reminded=True), "closes as Canceled on Wednesday 25 November at 08:00, Client 1"),
    ):
        summary = digest(Standing(closing=some(Case(ticket, NOW))), PERIOD, {"service-desk": desk})
        assert summary.sections[0].lines[0].detail == says
