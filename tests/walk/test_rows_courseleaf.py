"""Every row of CourseLeaf's table, walked from the mail, the command or the day to the stored status, its history and the mail that goes out.

A line is one way into a status or out of it, as the table's cells name them. What every event does in every status is in tests/workflow.
"""

from collections.abc import Callable

from tests.walk.deeds import (
    answered,
    bounces,
    calendar_says,
    clicks,
    counts_it,
    links,
    merges,
    orders_merge,
    says,
    sets,
    tracked,
    waits,
    went_on,
    wrote,
)
from tests.walk.lab import Lab
from tests.walk.ways import CLIENT, KIM, MAIL, TIMER, Step, Then, Way, on, walked
from tests.workflow.desk import COURSELEAF

MORE = """
[[report]]
name = "audit"
sender = "audit@cim.example.net"
status = "assessment"
category = "Servers"

[forward]
sales = "sales@teams.example"
consulting = "consulting@teams.example"
implementation = "implementation@teams.example"
internal = "internal@teams.example"
"""
AWAY = {"subject": "Automatic reply: your mail", "Auto_Submitted": "auto-replied"}
ESCALATE = "escalate@example.test"

# How a ticket comes to where a line begins.
NEW = (on(wrote()),)
APPOINTED = (*NEW, on(sets("Appointment Scheduled", in_days=2)))
ASKED = (*NEW, on(sets("Pending Client Feedback")))
REMINDED = (
    *ASKED,
    on(waits, Then("Pending Client Feedback", "", "", "client feedback-reminder"), days=14, minutes=1),
)
STALE = (
    *REMINDED,
    on(
        waits,
        Then("Stale", TIMER, '21 days in "Pending Client Feedback" have passed', "client stale"),
        days=7,
        minutes=1,
    ),
)
COPIED = (on(wrote(to="boss@way.example", Cc="support@example.test")),)
ABSENT = (on(wrote("I am out of the office until Monday.\n", **AWAY)),)
ESCALATED = (
    *NEW,
    on(wrote("Nobody answers me, and the deadline is today.\n", mailbox="escalate", subject="Where are you?")),
)


def staff_set(status: str, told: str, how: str = "staff set it") -> Way:
    return Way(status, how, (*NEW, on(sets(status), Then(status, KIM, f'set "{status}"', told))))


def staff_move_on(status: str, *before: Step) -> Way:
    begun = before or (*NEW, on(sets(status)))
    done = Then("Question Answered", KIM, 'set "Question Answered"', "client question-answered")
    return Way(status, "staff move it on", (*begun, on(sets("Question Answered"), done)))


def back_to_us(status: str, *before: Step, told: str = "client reply-received") -> Way:
    begun = before or (*NEW, on(sets(status)))
    then = Then("Outstanding", MAIL, f'client_reply moves "{status}" to "Outstanding"', told)
    return Way(
        status, "the client's reply brings it back", (*begun, on(answered("It is the page of course 4.\n"), then))
    )


def reopens(status: str, *before: Step, also: str = "") -> Way:
    return back_to_us(status, *before, told=f"client reopened{also}")


OPENED = [
    Way(
        "Outstanding",
        "a new mail",
        (on(wrote(), Then("Outstanding", MAIL, "new_ticket in support opens", "client received")),),
    ),
    staff_move_on("Outstanding", *NEW),
    Way(
        "Assessment",
        "a rule in the configuration",
        (
            on(
                wrote("Disk 91% full.\n", subject="Audit of db1"),
                Then("Assessment", MAIL, "system_report in support opens", shows=(("category", "Servers"),)),
            ),
        ),
        "audit@cim.example.net",
    ),
    staff_set("Assessment", "client assessment"),
    staff_move_on("Assessment"),
    Way(
        "Daily.sh Logs",
        "the nightly report opens it, its repeat joins it, staff move it on, and no mail goes to the machine",
        (
            on(
                wrote("Step 4 failed.\n", subject="daily.sh failed on cim-prod-2"),
                Then("Daily.sh Logs", MAIL, "system_report in support opens"),
            ),
            on(
                wrote("Step 9 failed.\n", subject="daily.sh failed on cim-prod-2"),
                Then("Daily.sh Logs", "", "a machine's mail (system_report) moves nothing"),
                days=1,
            ),
            on(sets("Problem Solved"), Then("Problem Solved", KIM, "the client is not told"), days=1),
        ),
        "nightly@cim.example.net",
    ),
    staff_set("Support Rep Working", "client support-rep-working"),
    staff_move_on("Support Rep Working"),
]
ESCALATIONS = [
    Way(
        "Manager Escalation",
        "mail to the escalate address, and staff move it on",
        (
            on(
                wrote("Nobody answers me.\n", mailbox="escalate"),
                Then(
                    "Manager Escalation",
                    MAIL,
                    "escalation in escalate opens",
                    "client escalated, kim escalated",
                    (("priority", "high"),),
                ),
            ),
            on(sets("Support Rep Working"), Then("Support Rep Working", KIM, "set", "client support-rep-working")),
        ),
    ),
    Way(
        "Manager Escalation",
        "it names its own ticket: merged by evidence",
        (
            *NEW,
            on(
                answered("Nobody answers me.\n", mailbox="escalate", To=ESCALATE),
                Then(
                    "Manager Escalation",
                    MAIL,
                    'escalation moves "Outstanding"',
                    "client escalated",
                    (("priority", "high"),),
                ),
            ),
        ),
    ),
    Way(
        "Manager Escalation",
        "merged by command",
        (*ESCALATED, on(merges, Then("Manager Escalation", KIM, f"{KIM} merged #"))),
    ),
    Way(
        "Manager Escalation",
        "merged by one click",
        (*ESCALATED, on(clicks(r"merge-\d+", KIM), Then("Manager Escalation", KIM, f"{KIM} merged #", "kim done"))),
    ),
    Way(
        "Manager Escalation",
        "merged by a line in the answer to its notice",
        (*ESCALATED, on(orders_merge, Then("Manager Escalation", KIM, f"{KIM} merged #", "kim done"))),
    ),
]
APPOINTMENTS = [
    Way(
        "Appointment Scheduled",
        "staff set it with a date, and the date passes",
        (
            *NEW,
            on(
                sets("Appointment Scheduled", in_days=2),
                Then("Appointment Scheduled", KIM, 'set "Appointment Scheduled" until', "client appointment-scheduled"),
            ),
            on(waits, Then("Appointment Complete", TIMER, "has come", "client appointment-complete"), days=3),
        ),
    ),
    Way(
        "Appointment Scheduled",
        "the client's invitation, which staff accept",
        (
            *APPOINTED,
            on(sets("Support Rep Working")),
            on(
                calendar_says("REQUEST", UID="theirs@way.example", DTSTART="20991210T160000Z", SEQUENCE="0"),
                Then("Support Rep Working", "", "the client invites us for", shows=(("appointment", "offered"),)),
            ),
            on(
                sets("Appointment Scheduled"),
                Then("Appointment Scheduled", KIM, "until 2099-12-10", "client appointment-scheduled"),
            ),
        ),
    ),
    Way(
        "Appointment Scheduled",
        "the client's calendar declines",
        (*APPOINTED, on(calendar_says("REPLY", PARTSTAT="DECLINED"), Then("Outstanding", MAIL, "says declined"))),
    ),
    Way(
        "Appointment Scheduled",
        "the client's calendar calls it off",
        (*APPOINTED, on(calendar_says("CANCEL", SEQUENCE="1"), Then("Outstanding", MAIL, "says declined"))),
    ),
    back_to_us("Appointment Scheduled", *APPOINTED),
    reopens("Appointment Complete", *APPOINTED, on(waits, days=3)),
]
WITH_THE_CLIENT = [
    staff_set("Pending Client Feedback", "client pending-client-feedback", "staff ask the client"),
    back_to_us("Pending Client Feedback"),
    Way(
        "Stale",
        "three weeks without an answer; then two days more",
        (
            *STALE,
            on(waits, Then("Client Unreachable", TIMER, '2 days in "Stale"', "client client-unreachable"), days=2),
        ),
    ),
    back_to_us("Stale", *STALE),
    reopens("Client Unreachable", *STALE, on(waits, days=2)),
    Way(
        "Client Unreachable",
        "every address of the client returns our mail",
        (
            *NEW,
            on(says("Which browser is it?\n")),
            on(bounces, Then("Client Unreachable", MAIL, "every address of the client")),
        ),
    ),
    staff_set("Patch Waiting", "client patch-waiting"),
    Way(
        "Patch Waiting",
        "the client asks to deploy",
        (
            *NEW,
            on(sets("Patch Waiting")),
            on(
                answered("Please deploy it tonight.\n"),
                Then(
                    "Outstanding",
                    MAIL,
                    'client_reply moves "Patch Waiting"',
                    "client reply-received",
                    (("tags", ["deploy-request"]),),
                ),
            ),
        ),
    ),
]
WITH_OTHERS = [
    Way(
        "Pending Internal Info",
        "staff ask a department, whose answer brings it back",
        (
            *NEW,
            on(
                sets("Pending Internal Info"),
                Then("Pending Internal Info", KIM, "set", "client pending-internal-info, internal forwarded"),
            ),
            on(
                answered("Ten seats are free.\n", "internal@teams.example"),
                Then("Outstanding", MAIL, 'team_reply moves "Pending Internal Info" to "Outstanding"'),
            ),
        ),
    ),
    staff_move_on("Pending Internal Info"),
    staff_set("With Development", "client with-development"),
    staff_move_on("With Development"),
    Way(
        "With Development",
        "linked to an issue, which is deferred, then done",
        (
            *NEW,
            on(links, Then("With Development", KIM, 'is "cloned"', "client with-development")),
            on(
                tracked("deferred"),
                Then("With Development - Deferred", KIM, 'is "deferred"', "client with-development-deferred"),
            ),
            on(tracked("done"), Then("Outstanding", KIM, 'is "done"')),
        ),
    ),
    Way(
        "With Development",
        "a client's reply, and an escalation, leave it there",
        (
            *NEW,
            on(sets("With Development")),
            on(
                answered("Is there any news?\n"),
                Then("With Development", "", "the ball is with third-party", shows=(("client_replied", True),)),
            ),
            on(
                answered("I need it today.\n", mailbox="escalate", To=ESCALATE),
                Then("With Development", "", "escalation leaves", "client escalated", (("priority", "high"),)),
            ),
        ),
    ),
    staff_set("With Development - Deferred", "client with-development-deferred"),
    staff_move_on("With Development - Deferred"),
    Way(
        "With Development - Deferred",
        "its date comes",
        (
            *NEW,
            on(sets("With Development - Deferred", in_days=2)),
            on(waits, Then("With Development", TIMER, "has come", "client with-development"), days=3),
        ),
    ),
]
CLOSED = [
    staff_set("Client Deferred", "client client-deferred"),
    reopens("Client Deferred"),
    staff_set("Client Found Solution", "client client-found-solution"),
    Way(
        "Client Found Solution",
        "the client says so by one click",
        (*ASKED, on(clicks("found_solution"), Then("Client Found Solution", CLIENT, 'chose "found_solution"'))),
    ),
    reopens("Client Found Solution"),
    staff_set("Not Supported", "client not-supported"),
    reopens("Not Supported"),
    staff_set("Problem Solved", "client problem-solved"),
    reopens("Problem Solved"),
    Way(
        "Problem Solved",
        "thanks alone leave it closed, unless staff count them as a reply",
        (
            *NEW,
            on(sets("Problem Solved")),
            on(
                answered("Thank you very much!\n"),
                Then("Problem Solved", "", "has no move for thanks", keeps=("status_since",)),
            ),
            on(counts_it, Then("Outstanding", KIM, 'client_reply moves "Problem Solved"', "client reopened")),
        ),
    ),
    staff_set("Question Answered", "client question-answered"),
    reopens("Question Answered"),
    Way(
        "Question Answered",
        "a reply after thirty days opens a new ticket, which names the old one",
        (
            *NEW,
            on(sets("Question Answered")),
            on(
                answered("I have another question.\n"),
                Then("Outstanding", MAIL, "was closed too long ago to be reopened", "client received"),
                days=31,
            ),
        ),
    ),
    staff_set("Passed to Implementation", "client passed-to-implementation, implementation forwarded"),
    reopens("Passed to Implementation", also=", implementation forwarded"),
    staff_set("SOW", "client sow, consulting forwarded"),
    reopens("SOW", also=", consulting forwarded"),
    staff_set("Sales Request", "client sales-request, sales forwarded"),
    reopens("Sales Request", also=", sales forwarded"),
    Way(
        "CC Only",
        "only in Cc, it is not answered; a later mail to us brings the whole conversation",
        (
            on(
                wrote(to="boss@way.example", Cc="support@example.test"),
                Then("CC Only", MAIL, "cc_only in support opens"),
            ),
            on(
                went_on("I think so, too.\n", to="boss@way.example", Cc="support@example.test"),
                Then("CC Only", "", "has no move for cc_only"),
            ),
            on(
                went_on("Support, can you look at it?\n"),
                Then("Outstanding", MAIL, 'client_reply moves "CC Only"', "client received"),
            ),
        ),
    ),
    Way(
        "OOTO Only",
        "an out-of-office note alone, never answered; a person's mail brings it back",
        (
            on(
                wrote("I am out of the office until Monday.\n", **AWAY),
                Then("OOTO Only", MAIL, "out_of_office in support opens"),
            ),
            on(
                went_on("I am back. Can you help me?\n"),
                Then("Outstanding", MAIL, 'client_reply moves "OOTO Only"', "client received"),
            ),
        ),
    ),
]
# What a machine sends moves nothing: neither status nor owner nor timer, and nobody answers it.
UNMOVED = ("status", "status_since", "due_at", "assigned_to", "tags")
MACHINES = [
    Way(
        "Pending Client Feedback",
        f"{kind} moves nothing",
        (
            *ASKED,
            on(
                answered(words, **headers),
                Then("Pending Client Feedback", "", f"a machine's mail ({kind}) moves nothing", keeps=UNMOVED),
            ),
        ),
    )
    for kind, words, headers in (
        ("auto_reply", "We have received your mail, case 81.\n", {"Auto_Submitted": "auto-replied"}),
        ("out_of_office", "I am out of the office.\n", {"Auto_Submitted": "auto-replied"}),
    )
]
WAYS = [*OPENED, *ESCALATIONS, *APPOINTMENTS, *WITH_THE_CLIENT, *WITH_OTHERS, *CLOSED, *MACHINES]


def test_every_status_has_a_line() -> None:
    assert {way.row for way in WAYS} == {status.name for status in COURSELEAF.statuses.values()}


def test_every_way_into_a_status_and_out_of_it_holds(make_lab: Callable[..., Lab]) -> None:
    wrong = walked(make_lab(MORE), WAYS)
    assert not wrong, "\n".join(wrong)
