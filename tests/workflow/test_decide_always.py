"""What holds for every ticket, mail and moment."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from classifier.verdict import PERSON, Kind, Verdict
from inbound.message import Address
from tests.workflow.desk import BOTH, CLIENT, COURSELEAF, MESSAGE
from workflow.act import Reply, SetStatus
from workflow.decide import decide, decide_action, decide_overdue
from workflow.decision import Decision, Priority, Ticket
from workflow.machine import Ball, Nature, Workflow

MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis adds the zone
KEYS = [key for flow in BOTH for key in flow.statuses]  # to each workflow, some of the other's are gone
FLOWS = st.sampled_from(BOTH)
PEOPLE = st.sampled_from([CLIENT, Address("lee@example.org"), None])

TICKETS = st.builds(
    Ticket,
    number=st.just(1042),
    workflow=st.just("courseleaf"),
    status=st.sampled_from(KEYS),
    subject=st.just("Help"),
    requester=st.just(CLIENT),
    mailbox=st.just("support"),
    created_at=MOMENTS,
    status_since=MOMENTS,
    due_at=st.none() | MOMENTS,
    reminded=st.booleans(),
    until=st.none() | MOMENTS,
    paused_until=st.none() | MOMENTS,
    client_replied=st.booleans(),
    priority=st.sampled_from(Priority),
    tags=st.lists(st.sampled_from(["vip", "deploy-request"]), unique=True).map(tuple),
)
VERDICTS = st.builds(
    Verdict,
    kind=st.sampled_from(Kind),
    because=st.just(("a test",)),
    no_answer=st.sampled_from(["", "Precedence: bulk"]),
    return_date=st.none() | st.dates(),
    thanks=st.booleans(),
    approves=st.booleans(),
    sender=PEOPLE,
    pending=st.booleans(),
    possibly=st.none() | st.just(7),
)
ACTS = st.builds(Reply, st.just("kim@example.com")) | st.builds(
    SetStatus,
    st.sampled_from([status.name for flow in BOTH for status in flow.statuses.values()]) | st.text(max_size=12),
    st.just("kim@example.com"),
    until=st.none() | MOMENTS,
)
ROLES = st.sampled_from(["support", "escalate"])


def judge(flow: Workflow, ticket: Ticket | None, verdict: Verdict, now: datetime, role: str) -> Decision:
    return decide(ticket, MESSAGE, verdict, flow, now, number=2001, mailbox=role, role=role)


def check(flow: Workflow, decision: Decision, ticket: Ticket | None, writer: Address | None = None) -> None:
    """What every decision has to hold."""
    assert decision.because
    assert all(decision.because)
    assert bool(decision.parked) is not bool(decision.status)
    if decision.parked:
        assert decision.notices == ()
        return
    status = flow.statuses.get(decision.status)
    if status is None or not status.open or status.ball is Ball.US:
        assert decision.due_at is None
        assert decision.until is None
        assert not decision.reminded
    if decision.moved:
        assert not decision.reminded
        assert not decision.client_replied
        assert decision.paused_until is None
    if decision.opens:
        assert decision.was == ""
    else:
        assert ticket
        assert decision.was == ticket.status
        assert tuple(Priority).index(decision.priority) >= tuple(Priority).index(ticket.priority)
        assert set(ticket.tags) <= set(decision.tags)
        assert {notice.recipient for notice in decision.notices} <= {writer or ticket.requester}
    assert len(decision.notices) <= 1


@given(FLOWS, st.none() | TICKETS, VERDICTS, MOMENTS, ROLES)
def test_a_mail_has_one_decision_that_is_whole_and_says_why(
    flow: Workflow, ticket: Ticket | None, verdict: Verdict, now: datetime, role: str
) -> None:
    decision = judge(flow, ticket, verdict, now, role)
    check(flow, decision, ticket, verdict.sender)
    assert judge(flow, ticket, verdict, now, role) == decision
    if not verdict.answer:
        assert decision.notices == ()
    assert all(notice.nature is Nature.ACKNOWLEDGEMENT for notice in decision.notices)


@given(FLOWS, TICKETS, VERDICTS, MOMENTS, ROLES)
def test_a_machines_mail_never_moves_a_ticket_nor_is_answered(
    flow: Workflow, ticket: Ticket, verdict: Verdict, now: datetime, role: str
) -> None:
    decision = judge(flow, ticket, verdict, now, role)
    if verdict.kind not in PERSON and verdict.kind is not Kind.DUPLICATE:
        assert decision.notices == ()
        assert not decision.opens
        assert decision.status in {ticket.status, ""}
        assert decision.parked or decision.client_replied == ticket.client_replied
        assert decision.parked or decision.priority == ticket.priority


@given(FLOWS, TICKETS, VERDICTS, MOMENTS, ROLES)
def test_a_stranger_hears_and_changes_nothing(
    flow: Workflow, ticket: Ticket, verdict: Verdict, now: datetime, role: str
) -> None:
    decision = judge(flow, ticket, verdict, now, role)
    if verdict.pending:
        assert decision.notices == ()
        assert not decision.moved
        assert decision.parked or (decision.pending and decision.client_replied == ticket.client_replied)


@given(FLOWS, VERDICTS, MOMENTS, ROLES)
def test_a_persons_mail_is_never_parked(flow: Workflow, verdict: Verdict, now: datetime, role: str) -> None:
    if verdict.kind in PERSON:
        assert judge(flow, None, verdict, now, role).opens


@given(FLOWS, TICKETS, VERDICTS, MOMENTS)
def test_a_pause_only_ever_lengthens_and_never_by_more_than_sixty_days(
    flow: Workflow, ticket: Ticket, verdict: Verdict, now: datetime
) -> None:
    decision = judge(flow, ticket, verdict, now, "support")
    if verdict.kind is Kind.OUT_OF_OFFICE and decision.due_at and ticket.due_at:
        assert ticket.due_at <= decision.due_at <= ticket.due_at + timedelta(days=60)


@given(FLOWS, TICKETS, MOMENTS)
def test_time_moves_a_ticket_or_reminds_once_and_only_when_it_is_due(
    flow: Workflow, ticket: Ticket, now: datetime
) -> None:
    decision = decide_overdue(ticket, flow, now)
    check(flow, decision, ticket)
    status = flow.statuses.get(ticket.status)
    due = bool(status and status.timer and ticket.due_at and ticket.due_at <= now)
    reminds = decision.reminded and not ticket.reminded
    assert (decision.moved or reminds) is due
    assert not (decision.moved and reminds)
    assert bool(decision.notices) is due or decision.status == "waiting_for_support"
    if reminds:
        assert decision.due_at
        assert decision.due_at > now
    assert decide_overdue(ticket, flow, now) == decision


@given(FLOWS, TICKETS, ACTS, MOMENTS)
def test_an_act_is_done_or_refused_and_then_changes_nothing(
    flow: Workflow, ticket: Ticket, act: SetStatus | Reply, now: datetime
) -> None:
    decision = decide_action(ticket, act, flow, now)
    check(flow, decision, ticket)
    if decision.refused:
        assert not decision.moved
        assert decision.notices == ()
        assert (decision.client_replied, decision.priority) == (ticket.client_replied, ticket.priority)
    assert all(notice.nature is not Nature.ACKNOWLEDGEMENT for notice in decision.notices)


def test_the_ends_of_the_calendar_are_no_trouble() -> None:
    verdict = Verdict(Kind.OUT_OF_OFFICE, ("a test",), return_date=date.max, sender=CLIENT)
    now = datetime(2026, 11, 22, tzinfo=UTC)
    ticket = Ticket(1, "courseleaf", "patch_waiting", "", CLIENT, "support", now, now)
    assert judge(COURSELEAF, ticket, verdict, now, "support").paused_until == now + timedelta(days=60)
