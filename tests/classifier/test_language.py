"""Which language a person writes in, and when nobody can tell."""

import pytest

from classifier.language import Spoken, read_table, spoken
from tests.classifier.judging import judge, mail

WRITTEN = {
    "en": "Hello, I cannot log in since this morning. Please reset my password, and tell me when you have done it.",
    "de": "Guten Tag, seit heute morgen kann ich mich nicht mehr anmelden. Können Sie das Passwort zurücksetzen?",
    "fr": "Bonjour,\nje n'arrive plus à me connecter depuis ce matin. Pouvez-vous réinitialiser le mot de passe ?",
    "es": "Hola, desde esta mañana no puedo entrar en el sistema. ¿Me pueden ayudar con la contraseña, por favor?",
    "it": "Buongiorno, da questa mattina non posso più entrare nel sistema. Potete aiutarmi con la password?",
    "pt": "Olá, desde esta manhã não consigo entrar no sistema. Podem ajudar-me com a senha? Muito obrigado.",
    "nl": "Hallo, sinds vanochtend kan ik niet meer inloggen. Kunt u het wachtwoord voor mij opnieuw instellen?",
    "da": "Hej, siden i morges kan jeg ikke logge ind. Kan I nulstille min adgangskode? Venlig hilsen",
    "sv": "Hej, sedan i morse kan jag inte logga in. Kan ni återställa mitt lösenord? Vänliga hälsningar",
    "pl": "Dzień dobry, od rana nie mogę się zalogować. Czy mogą Państwo zresetować hasło? Proszę o pomoc.",
}
SHORT = {
    "en": "Hi, the page does not open any more. Can you help?",
    "de": "Hallo, die Seite geht nicht mehr. Bitte helfen Sie mir.",
    "fr": "Bonjour, la page ne s'ouvre plus. Pouvez-vous m'aider ?",
    "es": "Hola, la página no se abre. ¿Me pueden ayudar?",
}
UNSURE = (
    *(
        "",
        "ok",
        "Danke!",
        "Thanks, works now",
        "Merci, c'est bon",
        "gracias",
        "👍",
        "1234 5678",
        "Müller, Meier, Schmidt",
    ),
    "ERROR 2026-11-26 java.lang.NullPointerException at foo.Bar at foo.Baz the end " * 5,
    f"{WRITTEN['de']}\n{WRITTEN['en']}",
    "日本語のメールです。ログインできません。",
)


def test_the_small_words_tell_the_language() -> None:
    assert {language: spoken(text).language for language, text in WRITTEN.items()} == {one: one for one in WRITTEN}
    assert {language: spoken(text).language for language, text in SHORT.items()} == {one: one for one in SHORT}


def test_what_stands_between_words_makes_no_word() -> None:
    plain = "the printer does not work and we would like to know when you can have a look at it"
    for mark in ("_", "4", "/", "\n", "...", "\x1f", "…"):
        assert spoken(plain.replace(" ", mark)) == spoken(plain), mark
    assert spoken(plain).language == "en"


def test_only_what_says_enough_outweighs_what_was_known() -> None:
    assert [language for language in ("en", "de", "fr", "es") if not spoken(WRITTEN[language]).fluent] == []
    assert [text for text in SHORT.values() if spoken(text).fluent] == []


@pytest.mark.parametrize("text", UNSURE, ids=lambda text: text[:12])
def test_of_a_word_a_log_or_two_languages_at_once_nothing_is_said(text: str) -> None:
    assert spoken(text) == Spoken()


def test_what_is_quoted_and_what_a_signature_says_is_in_nobodys_language() -> None:
    quoted = "".join(f"> {line}\n" for line in WRITTEN["de"].split(". "))
    verdict = judge(mail(f"{WRITTEN['en']}\n\nOn Mon, Nov 2, 2026 at 9:15 AM Kim <kim@example.com> wrote:\n{quoted}"))
    assert (verdict.language, verdict.fluent) == ("en", True)


def test_a_huge_text_costs_no_more_than_its_beginning() -> None:
    assert spoken(f"{WRITTEN['fr']} " * 50 + "der die das ist nicht " * 1_000_000).language == "fr"


@pytest.mark.parametrize("line", ["en", "en |", "english | the", "| the"])
def test_a_line_of_the_table_that_is_none_is_named(line: str) -> None:
    with pytest.raises(ValueError, match=r"languages.txt: not `language"):
        read_table([line])
