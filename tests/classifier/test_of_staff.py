"""That somebody is one of us is known by From alone: it leaves their absence notes alone, and gives no power (T04)."""

from classifier.verdict import Kind
from tests.classifier.judging import judge, mail


def test_an_absence_of_staff_is_known_as_one() -> None:
    note = {"subject": "Automatic reply: Escalated", "headers": (("auto-submitted", "auto-replied"),)}
    kims = judge(mail("I am out of the office until Monday.", "kim@example.com", **note))
    assert (kims.kind, kims.of_staff) == (Kind.OUT_OF_OFFICE, True)
    danas = judge(mail("I am out of the office until Monday.", **note))
    assert (danas.kind, danas.of_staff) == (Kind.OUT_OF_OFFICE, False)
