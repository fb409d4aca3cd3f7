"""Which configured report a mail is: its patterns, the host that they take, and who only writes about it."""

import time
from dataclasses import replace

import pytest

from classifier.pattern import found, refusal
from classifier.phrases import fold
from classifier.reports import fit
from classifier.verdict import PERSON, Kind, Known, Link, Ours, Passed, ReportRule, Standing
from tests.classifier.judging import OURS, judge, mail


@pytest.mark.parametrize(
    ("pattern", "text", "holds", "host"),
    [
        ("daily.sh failed", "Nightly: DAILY.SH   failed on cim3", True, ""),
        ("daily.sh failed", "daily.sh has failed", False, ""),
        ("daily.sh * failed", "daily.sh (clss) has failed", True, ""),
        ("daily.sh * failed", "failed: daily.sh", False, ""),
        ("a.*c", "abc", False, ""),
        ("daily.sh failed on {host}", "daily.sh failed on CIM3.example.net: disk full", True, "cim3.example.net"),
        ("daily.sh failed on {host}.", "daily.sh failed on cim3.", True, "cim3"),
        ("{host}.example.net: failed", "cim3.example.net: failed", True, "cim3"),
        ("{host} daily.sh failed", "[web-01] daily.sh failed", False, ""),
        ("[{host}] daily.sh failed", "alert [web-01] daily.sh failed", True, "web-01"),
        ("{host}: daily.sh", "report of 10.0.0.7: daily.sh failed", True, "10.0.0.7"),
        ("on {host} *full", "job on : none, on db2 disk is full", True, "db2"),
        ("on * {host}", "on the machine", True, "the"),
        ("backup*{host}", "backup: db2", True, "db2"),
        ("host {host}", "host ***", False, ""),
        ("**failed**", "it failed", True, ""),
    ],
)
def test_a_pattern_stands_in_a_text_and_takes_a_host_out_of_it(pattern: str, text: str, holds: bool, host: str) -> None:
    assert found(pattern, fold(text)) == (holds, host)


@pytest.mark.parametrize("pattern", ["*", " ", "{host}", "* {host} *", "{host} and {host}"])
def test_a_pattern_that_fits_everything_is_refused(pattern: str) -> None:
    assert refusal(pattern)
    assert not refusal(f"{pattern} x") or pattern.count("{host}") > 1


@pytest.mark.parametrize(
    "pattern", ["a*" * 60 + "b", "a{host}b", "{host}ab*" * 1 + "a*" * 40 + "b", "*".join("ab") + "c"]
)
def test_a_pattern_costs_time_linear_in_the_text(pattern: str) -> None:
    text = "a" * 2**19
    start = time.perf_counter()
    found(pattern, text)
    assert time.perf_counter() - start < 0.25


NIGHTLY = ReportRule("nightly", subject="daily.sh failed on {host}", header="X-Job: night*", sender="@jobs.example.net")
RULES = replace(OURS, reports=(NIGHTLY, ReportRule("disk", host="machine: {host}", subject="disk")))
JOB = mail(
    "See the log.",
    "root@jobs.example.net",
    ("x-job", "other"),
    ("x-job", "nightly-7"),
    subject="daily.sh failed on cim3",
)


def test_all_that_a_rule_names_must_be_there() -> None:
    hit = fit(JOB, RULES)
    assert hit
    assert (hit.rule, hit.host) == (NIGHTLY, "cim3")
    assert fit(replace(JOB, headers=(("x-job", "hourly"),)), RULES) is None
    assert fit(replace(JOB, subject="daily.sh done on cim3"), RULES) is None
    assert fit(mail("See the log.", subject=JOB.subject), RULES) is None
    assert fit(JOB, Ours()) is None
    said = judge(JOB, RULES)
    assert (said.kind, said.report, said.answer) == (Kind.SYSTEM_REPORT, NIGHTLY, False)
    assert 'host "cim3"' in said.because[0]


def test_a_host_may_stand_in_the_text() -> None:
    hit = fit(mail("It is full.\n\nMachine:  DB2\n", subject="Disk alert"), RULES)
    assert hit
    assert hit.host == "db2"


@pytest.mark.parametrize("prefix", ["Re: ", "AW: ", "Fwd: ", "[cim] RE: ", "WG: "])
def test_who_answers_or_forwards_a_report_is_a_person(prefix: str) -> None:
    person = mail(
        "Is that still so?", "ada@jobs.example.net", ("x-job", "nightly"), subject=f"{prefix}daily.sh failed on cim3"
    )
    assert judge(person, RULES).kind in PERSON


def test_a_repeat_joins_by_whichever_sender_but_not_where_the_sender_is_forged() -> None:
    known = Link(77, Known.THREAD, Standing.STRANGER, "report: nightly: host cim3", report=True)
    assert judge(JOB, RULES, link=known).ticket == 77
    trusted = replace(RULES, authserv_ids=frozenset({"mx.example.com"}))
    forged = replace(JOB, headers=(("authentication-results", "mx.example.com; dmarc=fail"), *JOB.headers))
    verdict = judge(forged, trusted, link=known)
    assert (verdict.authenticated, verdict.ticket, verdict.possibly) == (Passed.NO, None, 77)
