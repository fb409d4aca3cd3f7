"""Calendars: working days and hours, holidays, and clocks that change, in every zone and on every day."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

from hypothesis import example, given
from hypothesis import strategies as st

from tests.workflow.desk import COURSELEAF, NOW, mail, ticket
from tests.workflow.tiny import SOUND, TEMPLATES, faults
from workflow.act import SetStatus
from workflow.after import after
from workflow.calendar import EVERY_DAY, Calendar, Working
from workflow.chart import chart
from workflow.decide import decide_action, decide_overdue
from workflow.load import load
from workflow.machine import Workflow
from workflow.timing import timed

CHICAGO = ZoneInfo("America/Chicago")
HOUR = timedelta(hours=1)
OFFICE = Working("office", CHICAGO, opens=9 * HOUR, closes=17 * HOUR, holidays={date(2026, 11, 26), date(2026, 12, 25)})
ZONES = sorted(available_timezones() - {"localtime", "Factory"})

zones = st.sampled_from(ZONES).map(ZoneInfo)
# Since 2012 no zone has left out a whole day, as Apia did; whatever else clocks do is at most three hours, as at Casey.
CHANGE = timedelta(hours=3)
CASEY, A_DAY = ZoneInfo("Antarctica/Casey"), timedelta(days=1)
FROM, UNTIL = date(2012, 1, 1), date(2037, 1, 1)
moments = st.integers(0, int((UNTIL - FROM).total_seconds())).map(
    lambda seconds: datetime.combine(FROM, time.min, UTC) + timedelta(seconds=seconds)
)
hours = st.tuples(st.integers(0, 1439), st.integers(0, 1439)).map(sorted)
calendars = st.builds(
    lambda zone, days, span, off: Working(
        "w", zone, frozenset(days), timedelta(minutes=span[0]), timedelta(minutes=span[1] + 1), frozenset(off)
    ),
    zones,
    st.sets(st.integers(0, 6), min_size=1),
    hours,
    st.sets(st.dates(FROM, UNTIL), max_size=5),
)


def local(*when: int) -> datetime:
    return datetime(*when, tzinfo=CHICAGO)  # type: ignore[arg-type,misc]


def wall(moment: datetime, calendar: Working) -> datetime:
    return moment.astimezone(calendar.zone).replace(tzinfo=None)


def counting(calendar: Calendar, days: int = 2) -> Workflow:
    """The small team, whose timer of two days counts by that calendar."""
    text = SOUND.replace(f"after_days = {days},", f'after_days = {days}, calendar = "{calendar.name}",')
    return load(text, "tiny.toml", TEMPLATES, {calendar.name: calendar})


def test_working_days_leave_out_nights_weekends_and_holidays() -> None:
    wednesday = local(2026, 11, 25, 15, 30)
    assert OFFICE.after(wednesday, 1) == local(2026, 11, 27, 15, 30)  # Thursday is Thanksgiving
    assert OFFICE.after(wednesday, 2) == local(2026, 11, 30, 15, 30)
    assert OFFICE.before(local(2026, 11, 30, 15, 30), 2) == wednesday
    friday_night, saturday = local(2026, 11, 27, 17, 0), local(2026, 11, 28, 11, 0)
    assert OFFICE.after(friday_night, 0) == OFFICE.after(saturday, 0) == local(2026, 11, 30, 9, 0)
    assert OFFICE.after(saturday, 1) == local(2026, 12, 1, 9, 0)
    assert OFFICE.before(saturday, 1) == local(2026, 11, 25, 17, 0)
    assert OFFICE.after(local(2026, 11, 27, 6, 0), 1) == local(2026, 11, 30, 9, 0)


def test_a_day_is_the_teams_and_its_hours_are_those_on_the_wall_when_the_clocks_change() -> None:
    autumn, spring = local(2026, 10, 30, 10, 0), local(2027, 3, 12, 10, 0)
    assert OFFICE.after(autumn, 1) - autumn == timedelta(days=3, hours=1)
    assert OFFICE.after(spring, 1) - spring == timedelta(days=3, hours=-1)
    sundays = Working("s", CHICAGO, frozenset({6}), 2 * HOUR, 3 * HOUR)
    # 02:30 is missing on 14 March 2027, and comes once on all other Sundays; 01:30 comes twice on 1 November 2026.
    assert sundays.after(local(2027, 3, 7, 2, 30), 1) == local(2027, 3, 14, 3, 30)
    assert sundays.after(local(2027, 3, 7, 2, 30), 2) == local(2027, 3, 21, 2, 30)
    early = Working("e", CHICAGO, frozenset({6}), 1 * HOUR, 2 * HOUR)
    assert early.after(local(2026, 10, 25, 1, 30), 1) == datetime(2026, 11, 1, 6, 30, tzinfo=UTC)
    assert early.after(datetime(2026, 11, 1, 7, 30, tzinfo=UTC), 1) == local(2026, 11, 8, 1, 30)  # its second time


@given(calendars, moments, st.integers(0, 30))
def test_so_many_working_days_later_is_in_working_hours_and_so_many_working_days_on(
    calendar: Working, start: datetime, days: int
) -> None:
    begun, end = calendar.after(start, 0), calendar.after(start, days)
    assert begun >= start
    assert end - start >= days * timedelta(days=1) - CHANGE
    first, last = wall(begun, calendar), wall(end, calendar)
    assert calendar.works(last.date())
    assert calendar.opens <= last - datetime.combine(last.date(), time.min) < calendar.closes + CHANGE
    passed = (first.date() + timedelta(days=n + 1) for n in range((last.date() - first.date()).days))
    assert sum(map(calendar.works, passed)) == days


@given(calendars, moments, st.timedeltas(timedelta(), timedelta(days=40)), st.integers(0, 30))
def test_what_begins_later_ends_later_and_the_way_back_is_as_long(
    calendar: Working, start: datetime, later: timedelta, days: int
) -> None:
    assert calendar.after(start, days) <= calendar.after(start + later, days) + CHANGE
    there = calendar.after(start, days)
    assert abs(calendar.before(there, days) - calendar.after(start, 0)) <= CHANGE
    assert EVERY_DAY.before(EVERY_DAY.after(start, days), days) == start


@given(
    st.one_of(calendars, st.just(EVERY_DAY)),
    moments,
    st.lists(st.timedeltas(timedelta(), timedelta(days=40)), max_size=4),
)
def test_absences_one_after_another_hold_up_as_long_as_one(
    calendar: Calendar, since: datetime, away: list[timedelta]
) -> None:
    due = calendar.after(since, 10)
    held, at = due, since
    for long in away:
        assert calendar.held(held, at, at + long) >= held
        held, at = calendar.held(held, at, at + long), at + long
    assert abs(held - calendar.held(due, since, at)) <= CHANGE
    assert calendar.held(due, since, since - timedelta(days=3)) == due  # back before they went


@given(zones, moments, st.dates(FROM, UNTIL))
@example(CASEY, datetime(2016, 10, 1, tzinfo=UTC), date(2016, 10, 22))
@example(CASEY, datetime(2018, 3, 1, tzinfo=UTC), date(2018, 3, 11))
def test_a_date_is_all_of_that_day_for_a_client_and_its_begin_for_what_is_deferred(
    zone: ZoneInfo, now: datetime, day: date
) -> None:
    flow = timed(COURSELEAF, {}, zone)
    outcomes = {}
    for name in ("Appointment Scheduled", "With Development - Deferred"):
        before = ticket("outstanding")
        decision = decide_action(before, SetStatus(name, "kim@example.com", until=day), flow, now)
        if decision.refused:
            assert "has passed" in decision.refused
            continue
        made = after(before, decision, now)
        outcomes[name] = made
        assert made.due_at
        assert made.due_at.astimezone(zone).date() == day
        assert made.due_at == made.until
        # Once in, it stays until then, whatever the clock does, and a clock that goes back takes nothing back.
        for early in (made.due_at - timedelta(microseconds=1), now, now - timedelta(days=400)):
            stayed = decide_overdue(made, flow, early)
            assert (stayed.moved, stayed.due_at, stayed.notices) == (False, made.due_at, ())
        assert decide_overdue(made, flow, made.due_at).moved
    if len(outcomes) == 2:
        appointment, deferred = (each.due_at for each in outcomes.values())
        assert appointment and deferred  # noqa: PT018 - for the type checker
        assert abs(appointment - deferred - A_DAY) <= CHANGE + timedelta(minutes=1)  # its last minute, at the latest


@given(calendars, moments)
def test_a_timer_ends_when_its_calendar_says_so_be_the_clock_late_or_set_back(calendar: Working, now: datetime) -> None:
    flow = counting(calendar)
    asked = after(ticket("asked"), decide_overdue(ticket("asked", due_at=now), flow, now), now)
    assert asked.status == "stale"
    assert asked.due_at == calendar.after(now, 2)
    for clock in (now - timedelta(days=1), now, asked.due_at - timedelta(microseconds=1)):
        assert not decide_overdue(asked, flow, clock).moved
    assert decide_overdue(asked, flow, asked.due_at).status == "done"


def test_an_absence_moves_a_timer_of_working_days_by_the_working_days_of_the_absence() -> None:
    flow = counting(OFFICE, 21)
    now = local(2026, 11, 23, 12, 0)
    asked = after(ticket("todo"), decide_action(ticket("todo"), SetStatus("asked", "kim@example.com"), flow, now), now)
    assert asked.due_at == OFFICE.after(now, 21) == local(2026, 12, 23, 12, 0)
    away = mail(asked, "out_of_office", now=now, flow=timed(flow, {}, CHICAGO), return_date=date(2026, 12, 2))
    assert away.paused_until == local(2026, 12, 2)
    assert away.due_at == OFFICE.after(now, 27) == local(2027, 1, 1, 12, 0)
    assert away.because == ('the client is away: "Asked" stays, and its timer stands until 2026-12-02 00:00 CST',)


def test_reasons_and_charts_name_the_calendar() -> None:
    flow = counting(OFFICE)
    assert decide_overdue(ticket("stale", due_at=NOW), flow, NOW).because[0].startswith('2 days (office) in "Stale"')
    assert "after 2 days (office)" in {arrow.label for arrow in chart(flow).arrows}


def test_lint_refuses_a_calendar_that_is_not_configured_and_one_beside_a_date() -> None:
    text = SOUND.replace("after_days = 2,", 'after_days = 2, calendar = "offce",')
    assert load(text, "tiny.toml", TEMPLATES).statuses["stale"].timer  # without a configuration there is nothing to ask
    for known, mending in (({}, 'write one of "calendar"'), ({"office": OFFICE}, 'did you mean "office"?')):
        (told,) = faults(text, calendars=known)
        assert 'status "stale": timer has the calendar "offce", which the configuration does not have' in told
        assert f"add [calendar.offce] to postroom.toml, or {mending}" in told
    dated = SOUND.replace("after_days = 2,", 'on_date = true, calendar = "calendar",')
    needs = 'meaning_for_staff = "Wait a little."\n'
    (told,) = faults(dated.replace(needs, f"{needs}needs_date = false\n"))
    assert "timer has both calendar and on_date" in told
