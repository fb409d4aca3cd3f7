"""Every row of the service desk's table, walked as CourseLeaf's are (test_rows_courseleaf.py); and what a mail is, whatever the workflow."""

from collections.abc import Callable

from tests.walk.deeds import (
    answered,
    clicks,
    joined_in,
    lets_in,
    links,
    merges,
    orders_merge,
    sets,
    tracked,
    waits,
    went_on,
    wrote,
)
from tests.walk.lab import Lab
from tests.walk.ways import CLIENT, KIM, MAIL, TIMER, Step, Then, Way, on, walked
from tests.workflow.desk import SERVICE_DESK

ESCALATE = "escalate@example.test"
US, APPROVAL = "Waiting for Support", "Waiting for Customer Approval"
ESCALATED = (("priority", "high"), ("tags", ["escalated"]))

NEW = (on(wrote()),)
ASKED = (*NEW, on(sets("Waiting for Customer")))
SHOWN = (*NEW, on(sets(APPROVAL)))
REMINDED = (*ASKED, on(waits, Then("Waiting for Customer", "", "", "client customer-reminder"), days=14, minutes=1))
SECOND = (
    *NEW,
    on(wrote("Nobody answers me, and the deadline is today.\n", mailbox="escalate", subject="Where are you?")),
)


def staff_set(status: str, told: str) -> Way:
    return Way(status, "staff set it", (*NEW, on(sets(status), Then(status, KIM, f'set "{status}"', told))))


def staff_move_on(status: str, *before: Step) -> Way:
    begun = before or (*NEW, on(sets(status)))
    return Way(
        status,
        "staff move it on",
        (*begun, on(sets("In Progress"), Then("In Progress", KIM, "set", "client in-progress"))),
    )


def back_to_us(status: str, words: str, *before: Step, told: str = "client reply-received") -> Way:
    begun = before or (*NEW, on(sets(status)))
    then = Then(US, MAIL, f'client_reply moves "{status}" to "{US}"', told)
    return Way(status, "the client's reply brings it back", (*begun, on(answered(words), then)))


def reopens(status: str) -> Way:
    return back_to_us(status, "It has come back.\n", told="client reopened")


def escalated(status: str, *then: Then) -> Way:
    deed = answered("Nobody answers me.\n", mailbox="escalate", To=ESCALATE)
    return Way(status, "an escalation raises the priority", (*NEW, on(sets(status)), *(on(deed, one) for one in then)))


WAITING_FOR_SUPPORT = [
    Way(US, "a new mail", (on(wrote(), Then(US, MAIL, "new_ticket in support opens", "client received")),)),
    Way(
        US,
        "a configured report",
        (
            on(
                wrote("Step 4 failed.\n", subject="daily.sh failed on prod"),
                Then(US, MAIL, "system_report in support opens"),
            ),
        ),
        "nightly@cim.example.net",
    ),
    staff_move_on(US, *NEW),
    Way(
        US,
        "an escalation; staff merge it",
        (
            *NEW,
            on(
                wrote("Nobody answers me.\n", mailbox="escalate", subject="Where are you?"),
                Then(US, MAIL, "escalation in escalate opens", "client escalated, kim escalated", ESCALATED),
            ),
            on(merges, Then(US, KIM, f"{KIM} merged #")),
        ),
    ),
    Way(
        US,
        "a manager merges it by a line in the answer to its notice",
        (*SECOND, on(orders_merge, Then(US, KIM, f"{KIM} merged #", "kim done"))),
    ),
    Way(
        US,
        "an escalation of what is with us",
        (
            *NEW,
            on(
                answered("Hurry.\n", mailbox="escalate", To=ESCALATE),
                Then(US, "", "escalation leaves", "client escalated", ESCALATED),
            ),
        ),
    ),
]
WITH_THE_CUSTOMER = [
    staff_set("Waiting for Customer", "client waiting-for-customer"),
    back_to_us("Waiting for Customer", "It is Firefox.\n"),
    Way(
        "Waiting for Customer",
        "three weeks without an answer, with a reminder",
        (*REMINDED, on(waits, Then("Canceled", TIMER, "21 days", "client canceled-without-answer"), days=7, minutes=1)),
    ),
    escalated("Waiting for Customer", Then(US, MAIL, "escalation moves", "client escalated", ESCALATED)),
    staff_set(APPROVAL, "client waiting-for-customer-approval"),
    Way(
        APPROVAL,
        "a week without an answer, with a reminder",
        (
            *SHOWN,
            on(waits, Then(APPROVAL, "", "", "client approval-reminder"), days=5, minutes=1),
            on(waits, Then("Done", TIMER, "7 days", "client done-without-answer"), days=2, minutes=1),
        ),
    ),
    Way(
        APPROVAL,
        "approved by one click in the reminder",
        (
            *SHOWN,
            on(waits, days=5, minutes=1),
            on(clicks("approve"), Then("Done", CLIENT, 'chose "approve"', shows=(("tags", ["approved"]),))),
        ),
    ),
    Way(
        APPROVAL,
        "approved by a reply",
        (
            *SHOWN,
            on(
                answered("Approved, thank you!\n"),
                Then("Done", MAIL, f'approval moves "{APPROVAL}"', "client approved"),
            ),
        ),
    ),
    Way(
        APPROVAL,
        "not yet, by one click",
        (*SHOWN, on(clicks("not_yet"), Then(US, CLIENT, 'chose "not_yet"', shows=(("tags", ["not-approved"]),)))),
    ),
    back_to_us(APPROVAL, "It is still white on course 4.\n", *SHOWN),
]
WITH_OTHERS = [
    Way(
        "Scoping with Team",
        "linked to an issue",
        (*NEW, on(links, Then("Scoping with Team", KIM, 'is "cloned"', "client scoping-with-team"))),
    ),
    Way(
        "In Progress",
        "an engineer starts, and the issue is done",
        (
            *NEW,
            on(links),
            on(tracked("started"), Then("In Progress", KIM, 'is "started"', "client in-progress")),
            on(tracked("done"), Then(APPROVAL, KIM, 'is "done"', "client waiting-for-customer-approval")),
        ),
    ),
    staff_set("Scoping with Team", "client scoping-with-team"),
    staff_move_on("Scoping with Team"),
    escalated("Scoping with Team", Then("Scoping with Team", "", "escalation leaves", "client escalated", ESCALATED)),
    staff_set("In Progress", "client in-progress"),
    Way(
        "In Progress",
        "finished",
        (
            *NEW,
            on(sets("In Progress")),
            on(sets(APPROVAL), Then(APPROVAL, KIM, "set", "client waiting-for-customer-approval")),
        ),
    ),
    escalated("In Progress", Then("In Progress", "", "escalation leaves", "client escalated", ESCALATED)),
    staff_set("Blocked/On Hold", "client blocked-on-hold"),
    staff_move_on("Blocked/On Hold"),
    Way(
        "Blocked/On Hold",
        "its date comes",
        (*NEW, on(sets("Blocked/On Hold", in_days=2)), on(waits, Then(US, TIMER, "has come"), days=3)),
    ),
    Way(
        "Blocked/On Hold",
        "the client's reply is marked, the answer of a vendor whom staff let in brings it back",
        (
            *NEW,
            on(sets("Blocked/On Hold")),
            on(
                answered("Is there any news?\n"),
                Then("Blocked/On Hold", "", "the ball is with third-party", shows=(("client_replied", True),)),
            ),
            on(lets_in("lee@vendor.example")),
            on(joined_in("The part is on its way.\n", "lee@vendor.example"), Then(US, MAIL, "third_party_reply moves")),
        ),
    ),
]
CLOSED = [
    staff_set("Done", "client done"),
    reopens("Done"),
    staff_set("Canceled", "client canceled"),
    reopens("Canceled"),
    Way(
        "Canceled",
        "the reporter solved it, by one click",
        (
            *ASKED,
            on(
                clicks("found_solution"),
                Then("Canceled", CLIENT, "chose", shows=(("tags", ["client-found-solution"]),)),
            ),
        ),
    ),
    Way(
        "Canceled",
        "the reporter needs it no longer, by one click in the reminder",
        (
            *REMINDED,
            on(clicks("no_longer_needed"), Then("Canceled", CLIENT, "chose", shows=(("tags", ["no-longer-needed"]),))),
        ),
    ),
    Way(
        "Canceled",
        "only in Cc, it is not answered; a later mail to us brings it back",
        (
            on(
                wrote(to="boss@way.example", Cc="support@example.test"),
                Then("Canceled", MAIL, "cc_only in support opens", shows=(("tags", ["cc-only"]),)),
            ),
            on(went_on("Support, can you look at it?\n"), Then(US, MAIL, "client_reply moves", "client reopened")),
        ),
    ),
    Way(
        "Canceled",
        "an out-of-office note alone, never answered",
        (
            on(
                wrote(
                    "I am out of the office until Monday.\n",
                    subject="Automatic reply: x",
                    Auto_Submitted="auto-replied",
                ),
                Then("Canceled", MAIL, "out_of_office in support opens", shows=(("tags", ["out-of-office"]),)),
            ),
        ),
    ),
    Way(
        "Declined",
        "staff say why, in the one mail",
        (
            *NEW,
            on(
                sets("Declined", "--say", "New laptops come from IT."),
                Then("Declined", KIM, 'set "Declined"', "client reply"),
            ),
        ),
    ),
    back_to_us(
        "Declined",
        "It is not urgent, but we need it.\n",
        *NEW,
        on(sets("Declined", "--say", "Not this year.")),
        told="client reopened",
    ),
    Way(
        "Done",
        "a reply after thirty days opens a new ticket, which names the old one",
        (
            *NEW,
            on(sets("Done")),
            on(answered("It is white again.\n"), Then(US, MAIL, "too long ago", "client received"), days=31),
        ),
    ),
]
WAYS = [*WAITING_FOR_SUPPORT, *WITH_THE_CUSTOMER, *WITH_OTHERS, *CLOSED]


def test_every_status_has_a_line() -> None:
    assert {way.row for way in WAYS} == {status.name for status in SERVICE_DESK.statuses.values()}


def test_every_way_into_a_status_and_out_of_it_holds(make_lab: Callable[..., Lab]) -> None:
    lab = make_lab()
    file = lab.folder / "postroom.toml"
    file.write_text(file.read_text().replace('workflow = "courseleaf"', 'workflow = "service-desk"'))
    wrong = walked(lab, WAYS)
    assert not wrong, "\n".join(wrong)
