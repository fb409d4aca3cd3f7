"""The rules that are offered: each would do, is narrow where it makes a machine, and is what postroom.toml can say."""

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifier.classify import classify
from classifier.reading import read
from classifier.verdict import Evidence, Kind, KindRule
from inbound.message import Message
from postroom.rules import KINDS, kind, words, written
from postroom.teaching import lessons
from tests.classifier.judging import DANA, OURS, link, mail, replace


def offered(message: Message, word: str, **evidence: object) -> list[KindRule]:
    asked = Evidence(message, OURS, "support", **evidence)  # type: ignore[arg-type]
    return [one.rule for one in lessons(asked, read(message), word)]


def test_for_a_person_it_is_the_address() -> None:
    robot = mail("Hello", DANA, ("auto-submitted", "auto-replied"))
    assert offered(robot, "person") == [KindRule(DANA, "person", sender=DANA)]


def test_for_a_machine_it_is_never_a_persons_address_alone() -> None:
    away = mail("Fort bin ich, und zwar bis Montag; danach lese ich alles.", subject="Weg!")
    rules = offered(away, "out_of_office")
    assert rules
    assert all(rule.phrase or rule.subject for rule in rules)


def test_a_phrase_holds_no_day_that_the_next_mail_will_not_have() -> None:
    away = mail("Fort bin ich, und zwar bis zum 4. Dezember; danach lese ich wieder alles.", subject="Weg!")
    phrases = [rule.phrase for rule in offered(away, "out_of_office") if rule.phrase]
    assert phrases == ["Fort bin ich, und zwar bis zum"]
    assert [rule.phrase for rule in offered(mail("Umsatz 12,30 in Kasse 4 von 7 heute"), "bulk") if rule.phrase] == [
        "Umsatz 12,30 in Kasse 4 von 7 heute"
    ]


def test_where_nobody_writes_the_address_will_do() -> None:
    till = mail("Umsatz 12,30", "noreply@till.example.org", subject="Kasse 4")
    assert KindRule("noreply@till.example.org", "bulk", sender="noreply@till.example.org") in offered(till, "bulk")


def test_each_rule_that_is_offered_would_do_and_none_is_where_none_is_needed() -> None:
    message = mail("Our spring offers are here at last.", subject="Spring offers")
    for rule in offered(message, "bulk"):
        assert classify(Evidence(message, replace(OURS, rules=(rule,)), "support")).kind is Kind.BULK
    assert offered(mail("Hello", DANA, ("auto-submitted", "auto-replied")), "auto_reply") == []


def test_none_is_offered_that_a_token_would_overrule() -> None:
    assert offered(mail("Our spring offers are here at last."), "bulk", link=link()) == []


@pytest.mark.parametrize("text", ["", "   ", "Re:", "?!", "\x00\x07"])
def test_a_text_that_says_nothing_gives_no_phrase(text: str) -> None:
    assert all(not rule.phrase and not rule.subject for rule in offered(mail(text, subject=text), "bulk"))


@given(st.text(max_size=60), st.sampled_from(KINDS))
def test_what_is_written_is_toml_and_means_the_rule(text: str, word: str) -> None:
    line = "".join(letter for letter in text if letter.isprintable())
    (read_back,) = tomllib.loads("\n".join(written(KindRule("x", word, phrase=line, sender="a@b.test"))))["rule"]
    assert read_back == {"kind": word, "sender": "a@b.test"} | ({"phrase": line} if line else {})


def test_a_kind_is_one_that_staff_can_know() -> None:
    assert [kind(one) for one in KINDS] == list(KINDS)
    for wrong in ("own_mail", "duplicate", "new_ticket", "system_report", "Person", ""):
        with pytest.raises(ValueError, match=r"write (one of|a \[\[report\]\])"):
            kind(wrong)
    assert words("") == ""
    with pytest.raises(ValueError, match="at least 4"):
        words(" a-b ")
