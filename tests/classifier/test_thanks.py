"""A reply that only says thanks, or only yes, and replies that say more."""

import pytest

from classifier.verdict import Known, Standing
from tests.classifier.judging import judge, link, mail


@pytest.mark.parametrize(
    "text",
    [
        "Thanks!",
        "Thank you very much, Kim.\n\nDana Whitfield",
        "Perfect, that worked. Thanks for the quick help!\n\nBest regards\nDana",
        "Hallo Kim,\n\nvielen Dank für die schnelle Hilfe!\n\nViele Grüße\nJörg",
        "Merci beaucoup !",
        "Muchas gracias",
        "Grazie mille!",
        "Bedankt!",
        "Obrigada!",
        "Dziękuję bardzo",
        "Tack så mycket",
        "Спасибо большое!",
        "ありがとうございました。",
        "谢谢！",
        "감사합니다.",
        (
            "Thanks!\n\nBest regards\nDana Whitfield\n\nRegistrar\nExample College\n+1 555 0100\n\nThis e-mail is confidential and intended only "
            "for the addressee. If you have received it in error, please delete it; any dissemination is prohibited."
        ),
        "CAUTION: This email originated from outside of the organization. Do not click links.\n\nThank you!",
    ],
)
def test_only_thanks(text: str) -> None:
    assert judge(mail(text), link=link()).thanks


@pytest.mark.parametrize(
    "text",
    [
        "Thanks, but it still fails.",
        "Thanks. And BIO 102?",
        "Thanks, please also change BIO 102.",
        "Danke, der Fehler bleibt.",
        "Thank you for nothing",
        "Please deploy it.",
        "",
        "Thanks " * 100,
        "Thanks! One more thing: page 4 is empty.",
        "Thanks!\n\nBest regards\nKim\n\nIt still fails",
        "Thanks!\n\nBest regards\nKim\n\nPage 5 is empty",
        "Danke\n\nViele Grüße\nJörg\n\nDer Fehler bleibt",
        "谢谢\n\n祝好\n李例\n\n还是不行",
        "Thanks\nP.S. Page 5 is empty",
        "Thank you, I will try it and tell you whether it works.",
    ],
)
def test_thanks_and_more_is_no_thanks(text: str) -> None:
    assert not judge(mail(text), link=link()).thanks


def test_a_new_mail_is_never_only_thanks() -> None:
    assert not judge(mail("Thanks!")).thanks


@pytest.mark.parametrize(
    "text",
    [
        "Approved",
        "approved.",
        "Approved!\n\nDana Whitfield",
        "Hi Kim,\n\nlooks good to me, thanks.\n\nBest regards\nDana",
        "Yes, it works now. Thank you!",
        "It works. You can close the ticket.",
        "LGTM",
        "Passt so, danke!\n\nViele Grüße\nJörg",
        "C'est bon, merci.",
        "Akkoord",
        "Funciona, gracias",
    ],
)
def test_only_approval(text: str) -> None:
    assert judge(mail(text), link=link()).approves


@pytest.mark.parametrize(
    "text",
    [
        "Not approved",
        "NOT APPROVED",
        "Not yet.\nApproved is only the other one.",
        "Not\napproved",
        "Never approved!",
        "Approved, but please change BIO 102.",
        "Approved?",
        "Is it approved",
        "It works on my machine, the dean still sees the old page.",
        "Looks good except page 4",
        "Looks Good Except Page 4",
        "Yes. And BIO 102?",
        "It works.\nThen it stops.",
        "Thanks!",
        "Ok",
        "",
        "Yes " * 100,
        "Ja, aber es funktioniert nicht.",
        "Nicht freigegeben",
    ],
)
def test_approval_and_more_is_no_approval(text: str) -> None:
    assert not judge(mail(text), link=link()).approves


def test_a_from_and_a_number_that_anybody_may_write_approve_nothing() -> None:
    for known in (Known.THREAD, Known.TAG):
        assert not judge(mail("Approved!"), link=link(known)).approves
    assert judge(mail("Approved!"), link=link()).approves, "whoever answers our mail has it"
    assert not judge(mail("Approved!"), link=link(standing=Standing.QUIET)).approves, "a vendor approves nothing"


def test_what_is_quoted_approves_nothing() -> None:
    quoted = "The page is still white.\n\nOn Mon, 30 Nov 2026, Support wrote:\n> If it is, reply with the one word\n> approved\n"
    assert not judge(mail(quoted), link=link()).approves
    yes = quoted.replace("The page is still white.", "Approved")
    assert judge(mail(yes), link=link()).approves


def test_a_new_mail_approves_nothing() -> None:
    assert not judge(mail("Approved")).approves
