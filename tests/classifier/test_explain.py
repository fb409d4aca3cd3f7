"""Explained: every rule names its evidence, all signs are told, and the one change that is named does change the verdict."""

import re
import time
from functools import cache

import pytest
from hypothesis import given, settings

from classifier.classify import MACHINES, OURS, PEOPLE, classify
from classifier.clues import gather
from classifier.explain import Explanation, explain
from classifier.phrases import fold
from classifier.signs import Speaks
from classifier.verdict import PERSON, Evidence, Kind, KindRule, Word
from classifier.without import each
from inbound.message import Address, Message
from inbound.parse import parse
from tests.classifier import judging
from tests.classifier.judging import DANA, fixtures, link, mail
from tests.classifier.test_any_message import HOSTILE, MESSAGES

KIM = "kim@example.com"
AUTO = ("auto-submitted", "auto-replied")
SPAM = (
    ("x-spam-flag", "YES"),
    ("authentication-results", "mx.example.com; dmarc=none"),
    ("received", "by mx.example.com"),
)


def why(message: Message, **evidence: object) -> Explanation:
    return explain(Evidence(message, judging.OURS, "support", **evidence))  # type: ignore[arg-type]


def by_kim(text: str) -> Explanation:
    return why(mail(text, KIM, from_=(Address(KIM),)), link=link(), staff_token=True)


def spam() -> Explanation:
    ours = judging.replace(judging.OURS, authserv_ids=frozenset({"mx.example.com"}))
    return explain(Evidence(mail("Buy", DANA, *SPAM), ours, "support"))


@cache
def fixture(path: judging.Path) -> Explanation:
    return why(parse(path.read_bytes()), link=link() if path.parent.name == "client_reply" else None)


# What no mail of tests/mails can be by itself: it takes the ledger, a token or a configuration.
MADE = {
    "own id": lambda: why(mail(), own=True),
    "delivered before": lambda: why(mail(), duplicate_of=3),
    "sent from here": lambda: why(mail("See you.", DANA), outgoing=True),
    "blocked sender": lambda: why(mail("Buy", DANA), word=Word(True, f"{KIM} said so of {DANA}")),
    "marked as spam": spam,
    "absence, faster than typed": lambda: why(
        mail("The shutters are down until the snow has gone, and with them the machines. I am back on 18 January."),
        seconds=2.0,
    ),
    "robot's answer, faster than typed": lambda: why(
        mail("Thank you for your message. It has been received and is in the queue of the service desk."), seconds=2.0
    ),
    "absence, by null sender": lambda: why(mail("I am on vacation, call Sam.", DANA, return_path="")),
    "staff command": lambda: by_kim("#close"),
    "staff reply": lambda: by_kim("It is done."),
    "team's answer": lambda: why(mail("We have sold it."), link=link(), team="sales"),
}
MAILS = [path for path in fixtures() if path.parent.name in set(Kind)]
RULES = [rule.name for rule in (*OURS, *MACHINES, *PEOPLE)]
# What a reader can look up: a header with its value, words in quotes, or what is known by an id.
KNOWN = re.compile(
    r"^(?:it is ours, by its id: \S|\S+@\S+ said so of \S+@|content is that of mail \d|report rule \"|staff token; |it came to the |\d+ letters, \d+ s after ours; )"
)
HEADER = re.compile(r"(?:^|; |: )(?:[A-Z][A-Za-z-]+: \S|text/calendar; method=[A-Z])")
QUOTED = re.compile(r'(?:text|subject) "([^"]+)"')


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_names_header_or_words_and_their_value(rule: str) -> None:
    won = [one for one in explained() if one.won.rule == rule]
    assert won, "no mail shows it"
    for one in won:
        said = one.won.evidence
        assert one.verdict.because[0].startswith(f"{rule}: "), one.verdict.because
        assert KNOWN.match(said) or HEADER.search(said) or QUOTED.search(said) or _of_ticket(said), said


def _of_ticket(said: str) -> bool:
    return bool(re.match(r"(?:token|thread|tag) of ticket \d+ \(\S|delivery report: [a-z]|no sign .*no From", said))


def test_words_that_a_reason_quotes_stand_in_the_mail() -> None:
    wrong = []
    for path in MAILS:
        message = parse(path.read_bytes())
        written = fold(message.subject, 1000) + " \n " + fold(message.text, 50_000)
        quoted = QUOTED.findall(fixture(path).won.evidence)
        wrong += [(path, words) for words in quoted if words not in written and fold(words) not in written]
    assert wrong == []


def test_the_rule_that_won_is_the_verdicts() -> None:
    for one in explained():
        assert (one.won.kind, one.verdict.because[0].partition(": ")[0]) == (one.verdict.kind, one.won.rule)


def test_a_changed_verdict_is_another_and_was_judged_not_guessed() -> None:
    changed = [one for one in explained() if one.change]
    assert len(changed) > len(explained()) // 3
    for one in changed:
        assert one.change
        other = one.change.verdict
        assert (other.kind, other.answer) != (one.verdict.kind, one.verdict.answer)


def test_no_smaller_change_would_have_done() -> None:
    message = parse((judging.MAILS / "out_of_office" / "exchange-german.eml").read_bytes())
    verdict, clues = classify(Evidence(message)), gather(Evidence(message))
    others = [less for less in each(clues) if classify(less.evidence, less.reading).kind is not verdict.kind]
    one = explain(Evidence(message))
    assert (one.change is None) is (not others)
    cited = [less for less in others if less.cited(one.won.evidence)] or others
    assert not others or (one.change and one.change.without == min(cited, key=lambda less: less.size).what)


@pytest.mark.parametrize(
    ("message", "without", "kind"),
    [
        (mail("Hello", DANA, AUTO), "the header Auto-Submitted: auto-replied", Kind.NEW_TICKET),
        (mail("I am away until Monday.", DANA, return_path=""), 'the words "away" in the text', Kind.NEW_TICKET),
        (
            mail("Hello", DANA, ("return-path", "<>"), subject="Automatic reply", return_path=""),
            "the header Return-Path: <>",
            Kind.NEW_TICKET,
        ),
        (mail("Hello", "noreply@example.org"), "the sender noreply@example.org", Kind.NEW_TICKET),
    ],
)
def test_the_one_change_is_the_evidence_that_decided(message: Message, without: str | None, kind: Kind | None) -> None:
    change = why(message).change
    assert without is None or (change and change.without.startswith(without[:40])), change
    assert kind is None or (change and change.verdict.kind is kind)


def test_where_no_single_thing_would_do_it_says_so() -> None:
    twice = mail("I am on vacation.", DANA, AUTO, ("x-autoreply", "yes"), return_path="", subject="Automatic reply: x")
    assert why(twice).change is None


def test_the_quoted_part_is_told_and_tried() -> None:
    quoted = "Please see below.\n\nOn Tue, 1 Dec 2026 at 10:00, Robo <r@example.net> wrote:\n> I am on vacation.\n"
    one = why(mail(quoted))
    assert any(sign.value == "quoted" for sign in one.for_it)
    assert any(less.what == "what is quoted or forwarded below it" for less in each(gather(Evidence(mail(quoted)))))


def test_signs_speak_for_and_against() -> None:
    one = why(mail("Could you help? I am on vacation from Monday.", DANA, ("precedence", "bulk"), AUTO))
    assert one.verdict.kind not in PERSON
    assert {sign.value for sign in one.for_it} >= {"Auto-Submitted: auto-replied"}
    assert {sign.value for sign in one.against_it} >= {"could you"}
    assert {sign.value for sign in one.either} >= {"Precedence: bulk", "To: the support address"}
    assert all(sign.language == "en" for sign in one.signs if sign.where == "text" and sign.says == "away")


def test_rules_behind_the_one_that_won_are_named_in_their_order() -> None:
    one = why(mail("I am on vacation, call Sam.", DANA, AUTO, return_path=""))
    order = [RULES.index(held.rule) for held in (one.won, *one.behind)]
    assert order == sorted(order)
    assert len(order) > 2


@cache
def explained() -> tuple[Explanation, ...]:
    return (*map(fixture, MAILS), *(make() for make in MADE.values()))


def test_a_rule_of_the_configuration_that_won_can_be_taken_away() -> None:
    rule = KindRule("the till", "notification", sender=DANA)
    one = explain(Evidence(mail(), judging.replace(judging.OURS, rules=(rule,)), "support"))
    assert one.won.rule == "configured rule"
    assert one.change
    assert (one.change.verdict.kind, "the till" in one.change.without or DANA in one.change.without) == (
        Kind.NEW_TICKET,
        True,
    )


@settings(max_examples=40, deadline=None)
@given(MESSAGES)
def test_any_message_can_be_explained(message: Message) -> None:
    one = why(message)
    assert one.verdict == classify(Evidence(message, judging.OURS, "support"))
    assert all(sign.says and sign.speaks in Speaks for sign in one.signs)
    assert len(one.signs) < 400


@pytest.mark.parametrize("name", sorted(HOSTILE))
def test_hostile_mail_is_explained_within_seconds(name: str) -> None:
    start = time.process_time()
    why(HOSTILE[name](1_000_000))
    assert time.process_time() - start < 10
