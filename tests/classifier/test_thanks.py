"""A reply that only says thanks, and replies that say thanks and more."""

import pytest

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
    ],
)
def test_thanks_and_more_is_no_thanks(text: str) -> None:
    assert not judge(mail(text), link=link()).thanks


def test_a_new_mail_is_never_only_thanks() -> None:
    assert not judge(mail("Thanks!")).thanks
