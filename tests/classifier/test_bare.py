"""Which replies a team may have acted upon: those that say their hint and nothing else, from a proved sender."""

from dataclasses import replace

from classifier.verdict import Known, Standing
from inbound.message import Attachment
from tests.classifier.judging import OURS, judge, link, mail

BARE = (
    "Approved.",
    "approved",
    "Please go ahead.",
    "Hi Kim,\n\nplease go ahead.\n\nBest regards,\nDana",
    "The problem is solved, please close the ticket. Thanks!",
    "Solved, please close.",
    "This is no longer needed.",
    "Hello,\n\nwe no longer need this. Please cancel the request.\n\nThanks\nDana Reed",
    "Yes, it works now, you can close it.",
    "Das Problem ist gelöst, bitte schließen.\n\nDanke\nDana",
    "Das wird nicht mehr benötigt.",
    "C'est résolu, vous pouvez clôturer le ticket. Merci !",
    "Nous n'en avons plus besoin.",
    "Ya está resuelto, pueden cerrar la solicitud. Gracias.",
    "Ya no lo necesitamos.",
    "no problem, please go ahead",
)
NOT_BARE = (
    "Please go ahead and change page 5 as well.",
    "Please go ahead. Could you also look at page 5?",
    "Please go ahead on Monday.",
    "Please go ahead with option B.",
    "Approved for Dana alone.",
    "Approved, with two changes below.",
    "Approved. One more thing: the logo is old.",
    "Not approved.",
    "Solved, please close, but keep the second one open.",
    "Is it solved?",
    "The first one is solved. Page 4 is still empty.",
    "No longer needed on page 4, please move it to page 5.",
    "Please close. I will open another one for the logo.",
    "Solved. See the picture of the new error.",
    "Please go ahead.\nThe invoice goes to our office in Basel.",
    "Bitte schließen, und bitte noch Seite 5 ändern.",
    "Merci de clôturer, et d'ajouter la page 5.",
    "Pueden cerrar y cambiar la página 5.",
    "Thanks!",
    "Please deploy it and close the door.",
    "Approved. " + "It is what we have. " * 40,
)


def firm(text: str, **how: object) -> bool:
    return judge(mail(text), link=link(), **how).firm  # type: ignore[arg-type]


def test_what_says_its_hint_alone_is_firm_and_what_says_more_is_not() -> None:
    wrong = [text for text in BARE if not firm(text)] + [text for text in NOT_BARE if firm(text)]
    assert wrong == []


def test_a_file_that_comes_along_is_to_be_looked_at() -> None:
    picture = Attachment("error.png", "image/png", 1000)
    assert not judge(replace(mail("Solved, please close."), attachments=(picture,)), link=link()).firm
    signature = replace(picture, inline=True)
    assert judge(replace(mail("Solved, please close."), attachments=(signature,)), link=link()).firm


def test_only_a_proved_sender_is_taken_by_the_word() -> None:
    """Where servers are trusted to say so, theirs counts; else our token in the requester's hand."""
    text = "Solved, please close."
    for known in Known:
        for standing in Standing:
            expected = (known, standing) == (Known.TOKEN, Standing.REQUESTER)
            assert judge(mail(text), link=link(known, standing)).firm is expected, (known, standing)
    assert not judge(mail(text)).firm
    trusting = replace(OURS, authserv_ids=frozenset({"mx.example.com"}))
    for said, expected in (("dmarc=pass", True), ("dmarc=fail", False), ("dmarc=none", False), ("", False)):
        header = ("authentication-results", f"mx.example.com; {said} header.from=example.org")
        verdict = judge(mail(text, "dana@example.org", *([header] if said else [])), trusting, link=link())
        assert verdict.firm is expected, (said, verdict.authentication)
    proved = ("authentication-results", "mx.example.com; dmarc=pass header.from=example.org")
    colleague = link(standing=Standing.PARTICIPANT)
    assert not judge(mail(text, "dana@example.org", proved), trusting, link=colleague).firm
    forged = ("authentication-results", "mx.evil.example; dmarc=pass header.from=example.org")
    assert not judge(mail(text, "dana@example.org", forged), trusting, link=link()).firm


def test_a_machine_or_a_stranger_is_never_taken_by_the_word() -> None:
    robot = mail("Please go ahead.", "robot@example.org", ("auto-submitted", "auto-generated"))
    assert not judge(robot, link=link()).firm
    assert not judge(mail("Please go ahead."), link=link(standing=Standing.STAFF)).firm
