"""What is new in a reply, in the languages and forms that mail programs write."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inbound.mailers import TABLE, read_table
from inbound.quotes import Parts, split
from tests.growth import doubles
from tests.inbound.replies import shapes

ATTRIBUTIONS = [
    "On Mon, Nov 2, 2026 at 9:15 AM Kim Example <kim@example.com> wrote:",
    "On Mon, Nov 2, 2026 at 9:15 AM Kim Example <\nkim@example.com> wrote:",
    "On 2 Nov 2026, at 09:15, Kim Example <kim@example.com>\nwrote:",
    "Am 02.11.2026 um 09:15 schrieb Kim Example <kim@example.com>:",
    "Am Mo., 2. Nov. 2026 um 09:15 Uhr schrieb Kim Example <\nkim@example.com>:",
    "Le lun. 2 nov. 2026 à 09:15, Kim Example <kim@example.com> a écrit :",
    "Le 2 nov. 2026 à 09:15, Kim Example <kim@example.com> a\xa0écrit\xa0:",
    "El lun, 2 nov 2026 a las 9:15, Kim Example (<kim@example.com>) escribió:",
    "Il giorno lun 2 nov 2026 alle ore 09:15 Kim Example <kim@example.com> ha scritto:",
    "Op ma 2 nov 2026 om 09:15 schreef Kim Example <kim@example.com>:",
    "Em seg., 2 de nov. de 2026 às 09:15, Kim Example <kim@example.com> escreveu:",
    "W dniu 02.11.2026 o 09:15, Kim Example <kim@example.com> pisze:",
    "pon., 2 lis 2026 o 09:15 Kim Example <kim@example.com> napisał(a):",
    "пн, 2 нояб. 2026 г. в 09:15, Kim Example <kim@example.com>:",
    "02.11.2026 09:15, Kim Example пишет:",
    "Den mån 2 nov. 2026 kl 09:15 skrev Kim Example <kim@example.com>:",
    "Den man. 2. nov. 2026 kl. 09.15 skrev Kim Example <kim@example.com>:",
    "man. 2. nov. 2026 kl. 09:15 skrev Kim Example <kim@example.com>:",
    "ma 2. marrask. 2026 klo 9.15 Kim Example (kim@example.com) kirjoitti:",
    "Dne po 2. 11. 2026 9:15 uživatel Kim Example <kim@example.com> napsal:",
]
BLOCKS = [
    "From: Kim Example <kim@example.com>\nSent: Monday, November 2, 2026 9:15 AM\nTo: Support\nSubject: Printer",
    "*From:* Kim Example <kim@example.com>\n*Sent:* Monday, November 2, 2026\n*To:* Support\n*Subject:* Printer",
    "Von: Kim Example\nGesendet: Montag, 2. November 2026 09:15\nAn: Support\nBetreff: Drucker",
    "De : Kim Example\nEnvoyé : lundi 2 novembre 2026 09:15\nÀ : Support\nObjet : Imprimante",
    "De: Kim Example\nEnviado el: lunes, 2 de noviembre de 2026 9:15\nPara: Support\nAsunto: Impresora",
    "Da: Kim Example\nInviato: lunedì 2 novembre 2026 09:15\nA: Support\nOggetto: Stampante",
    "Van: Kim Example\nVerzonden: maandag 2 november 2026 09:15\nAan: Support\nOnderwerp: Printer",
    "Från: Kim Example\nSkickat: den 2 november 2026 09:15\nTill: Support\nÄmne: Skrivare",
    "Fra: Kim Example\nSendt: 2. november 2026 09:15\nTil: Support\nEmne: Printer",
    "Lähettäjä: Kim Example\nLähetetty: maanantai 2. marraskuuta 2026\nVastaanottaja: Support\nAihe: Tulostin",
    "Od: Kim Example\nWysłano: poniedziałek, 2 listopada 2026 09:15\nDo: Support\nTemat: Drukarka",
    "От: Kim Example\nОтправлено: понедельник, 2 ноября 2026 г. 09:15\nКому: Support\nТема: Принтер",
]
SEPARATORS = [
    "-----Original Message-----",
    "----- Original Message -----",
    "-----Ursprüngliche Nachricht-----",
    "-----Message d'origine-----",
    "-----Mensaje original-----",
    "-----Messaggio originale-----",
    "-----Oorspronkelijk bericht-----",
    "-----Mensagem original-----",
    "-----Исходное сообщение-----",
    "-----Ursprungligt meddelande-----",
    "________________________________\nFrom: Kim Example <kim@example.com>\nSent: Monday\nSubject: Printer",
]
FORWARDS = [
    "---------- Forwarded message ---------\nFrom: Kim <kim@example.com>\nDate: Mon, 2 Nov 2026\nSubject: Printer\n",
    "-------- Forwarded Message --------\nSubject: \tPrinter\nDate: \tMon, 2 Nov 2026\nFrom: \tKim <kim@example.com>\n",
    "-------- Weitergeleitete Nachricht --------\nBetreff: Drucker\nDatum: 2. Nov\nVon: Kim <kim@example.com>\n",
    "Begin forwarded message:\n\n> From: Kim <kim@example.com>\n> Date: 2 November 2026\n>\n",
    "Anfang der weitergeleiteten Nachricht:\n\n> Von: Kim <kim@example.com>\n> Datum: 2. November 2026\n",
    "---------- Message transféré ----------\nDe : Kim <kim@example.com>\nDate : lun. 2 nov. 2026\nObjet : Imprimante\n",
]
SENT_FROM = [
    "Sent from my iPhone",
    "Sent from Outlook for Android",
    "Get Outlook for iOS",
    "Von meinem iPhone gesendet",
    "Gesendet mit der GMX Mail App",
    "Envoyé de mon iPhone",
    "Enviado desde mi iPhone",
    "Inviato da iPhone",
    "Verstuurd vanaf mijn iPhone",
    "Skickat från min iPhone",
]


def test_a_clause_right_below_a_name_leaves_the_name_to_the_signature() -> None:
    parts = split(f"It works.\n\nBest regards\nKim Example\n{NOTICES[0]}\n\nExample Ltd, 1 Example Street\n")
    assert (parts.new, parts.signature) == (
        "It works.\n\n\nExample Ltd, 1 Example Street\n",
        "Best regards\nKim Example\n",
    )
    assert parts.disclaimer == f"{NOTICES[0]}\n"


def test_a_name_and_a_verb_above_quoted_lines_belong_to_them() -> None:
    assert split("Kim Example wrote:\n> old\nnew\n") == Parts("new\n", "Kim Example wrote:\n> old\n", "")
    assert split("He wrote:\n> old\n").new == "He wrote:\n"


NOTICES = [
    "This e-mail is confidential and intended only for the addressee; received in error, delete it. Dissemination is prohibited.",
    "Virus-free. www.avast.com",
    "CAUTION: This email originated from outside of the organization. Do not click links.",
]


def test_what_mail_programs_write_in_the_languages_of_clients() -> None:
    divided = [(shape, split(shape.text)) for shape in shapes("replies.txt")]
    assert [(shape.name, parts, shape.parts) for shape, parts in divided if parts != shape.parts] == []


def test_line_ends_of_the_wire_change_nothing() -> None:
    for shape in shapes("replies.txt"):
        wire = split(shape.text.replace("\n", "\r\n"))
        unwired = Parts(
            *(getattr(wire, name).replace("\r", "") for name in ("new", "quoted", "signature", "disclaimer"))
        )
        assert unwired == shape.parts, shape.name


def test_forms_that_were_written_after_the_rules() -> None:
    """140 of 149 when they were first split: the floor, whatever changes."""
    assert sum(split(shape.text) == shape.parts for shape in shapes("replies_held_out.txt")) >= 140


def test_every_language_has_what_mail_programs_write() -> None:
    languages = {shape.name[:2] for shape in shapes("replies.txt")}
    for what in (
        "from",
        "sent",
        "to",
        "subject",
        "original",
        "forward",
        "begins",
        "wrote",
        "sent from",
        "closing",
        "legal",
    ):
        assert {phrase.language for phrase in TABLE if phrase.what == what} >= languages, what


def test_a_line_of_the_table_that_is_none_is_named() -> None:
    with pytest.raises(ValueError, match=r"mailers.txt: not `language"):
        list(read_table(["en | from"]))


@pytest.mark.parametrize("attribution", ATTRIBUTIONS)
def test_an_attribution_before_quoted_lines_belongs_to_them(attribution: str) -> None:
    quote = f"{attribution}\n\n> My printer is on fire.\n> Please help.\n"
    assert split(f"Thank you, it works.\n\n{quote}") == Parts("Thank you, it works.\n\n", quote, "")


@pytest.mark.parametrize("attribution", ATTRIBUTIONS)
def test_after_an_attribution_without_marks_all_is_quoted(attribution: str) -> None:
    text = f"Thank you, it works.\n\n{attribution}\n\nMy printer is on fire.\n"
    assert split(text).new.startswith("Thank you, it works.\n\n")
    assert "on fire" in split(text).quoted


@pytest.mark.parametrize("block", BLOCKS)
def test_the_headers_of_a_quoted_mail_start_the_quote(block: str) -> None:
    quote = f"{block}\n\nMy printer is on fire.\n-- \nKim\n"
    assert split(f"Thank you.\n\n{quote}") == Parts("Thank you.\n\n", quote, "")


@pytest.mark.parametrize("separator", SEPARATORS)
def test_a_separator_starts_the_quote(separator: str) -> None:
    quote = f"{separator}\n\nMy printer is on fire.\n"
    assert split(f"Thank you.\n\n{quote}") == Parts("Thank you.\n\n", quote, "")


@pytest.mark.parametrize("forward", FORWARDS)
def test_a_forwarded_mail_is_new(forward: str) -> None:
    text = f"Please see below.\n\n{forward}\nMy printer is on fire.\n-- \nKim\n"
    assert split(text) == Parts(text, "", "")


def test_a_forwarded_mail_that_was_quoted_is_quoted() -> None:
    quote = "On 2 Nov 2026 at 9:15 Kim <kim@example.com> wrote:\n> ---------- Forwarded message ---------\n> From: x\n"
    assert split(f"Thanks.\n{quote}").quoted == quote


@pytest.mark.parametrize("block", BLOCKS)
def test_a_mail_that_is_nothing_but_a_quoted_mail_is_new(block: str) -> None:
    text = f"\n{block}\n\nMy printer is on fire.\n"
    assert split(text).new == text
    assert "on fire" in split(f"Sent from my iPhone\n{text}").new


def test_answers_between_quoted_lines_are_new() -> None:
    text = "On 2 Nov 2026 at 9:15 Kim <kim@example.com> wrote:\n> Which printer?\nThe red one.\n> Since when?\nSince noon.\n"
    assert split(text).new == "The red one.\nSince noon.\n"


def test_answers_between_quoted_lines_below_a_separator_are_new() -> None:
    text = "-----Original Message-----\nFrom: Kim\nSent: Monday\nSubject: x\n\n> Which printer?\nThe red one.\n"
    assert "The red one.\n" in split(f"See below.\n{text}").new


def test_an_answer_below_the_quote_is_new() -> None:
    assert split("> Which printer?\n\nThe red one.\n").new == "\nThe red one.\n"


@pytest.mark.parametrize("mark", ["-- ", "--"])
def test_a_signature_runs_to_the_quote(mark: str) -> None:
    text = f"It works.\n{mark}\nKim Example\nExample Ltd\n> old\n"
    assert split(text) == Parts("It works.\n", "> old\n", f"{mark}\nKim Example\nExample Ltd\n")


def test_two_dashes_before_a_long_text_are_no_signature() -> None:
    text = "One\n--\n" + "line\n" * 30
    assert split(text).new == text


@pytest.mark.parametrize("line", SENT_FROM)
def test_what_a_telephone_adds_is_a_signature(line: str) -> None:
    assert split(f"It works.\n\n{line}\n").signature == f"{line}\n"


@pytest.mark.parametrize(
    "text",
    [
        "From: Chicago\nTo: Boston\nDate: 5 May\nPlease book this flight.\n",
        "He wrote: it is broken.\nSo I wrote:\nplease mend it.\n",
        "In 2026 the manual wrote:\npress the red button\n",
        "The letters were sent from Berlin last week.\n",
        "Steps:\n1. I open the page\n2. It says: error\n",
        "Dear team,\n-----\nSummary\n-----\nIt is broken.\n",
        "a -- b\n--- a/file\n+++ b/file\n",
        "My iPhone shows nothing.\nAndroid app crashes when I open a page\n",
        "Outlook für Windows stürzt ab\n",
        "The text on page 3 is wrong:\n\nPlease remove the sentence about confidential mail from it.\n",
        "Kaspersky says that it found viruses.\n\nPlease have a look at it before printing.\n",
        "Best Western Hotel\nis the wrong name\n",
        "Regards the page with credits:\nit is empty\n",
        "Please find\n\nBest regards\nKim\n\nP.S. Page 5 is empty, too, and nobody has looked at it yet.\n",
        "Thanks\n\nBest regards\nKim\n\nIt still fails\n",
        "Thanks\n\nBest regards\nKim\n\nPage 5 is empty\n",
        "Thanks\n\nRegards\nstill not working at all\n",
        "Danke\n\nViele Grüße\nJörg\n\nDer Fehler bleibt\n",
        "谢谢\n\n祝好\n李例\n\n还是不行\n",
        "External email addresses cannot log in.\n\nWhy?\n",
        "This email was sent to me in error.\n",
        "We get mails that say that we should unsubscribe.\n\nWhat is our company number? It is on page 4.\n",
        "The table has two columns\n------\nFrom: Monday\nSent: Tuesday\n",
    ],
)
def test_a_persons_own_words_are_new(text: str) -> None:
    assert split(text) == Parts(text, "", "")


@given(st.text())
def test_nothing_is_lost(text: str) -> None:
    parts = split(text)
    assert sorted(parts.new + parts.quoted + parts.signature + parts.disclaimer) == sorted(text)


PIECES = st.sampled_from(
    [
        *ATTRIBUTIONS,
        *BLOCKS,
        *SEPARATORS,
        *FORWARDS,
        *SENT_FROM,
        *NOTICES,
        "Best regards,",
        "Kim Example",
        "> old",
        ">> older",
        "new",
        "-- ",
        "--",
        "",
        "  ",
        ":",
    ],
)


@given(st.lists(PIECES, max_size=15).map("\n".join))
def test_no_line_is_lost_in_whichever_order_they_come(text: str) -> None:
    parts = split(text)
    held = (parts.new, parts.quoted, parts.signature, parts.disclaimer)
    lines = [line for part in held for line in part.splitlines(keepends=True)]
    assert sorted(lines) == sorted(text.splitlines(keepends=True))


HOSTILE: dict[str, Callable[[int], str]] = {
    "On On On": lambda size: "On " * (size // 3),
    "lines of On": lambda size: "On\n" * (size // 3),
    "attributions": lambda size: "On 1 Jan 2026 a@b wrote:\n" * (size // 25),
    "attributions after quotes": lambda size: "\n>\nOn 1 Jan 2026 a@b wrote:\n" * (size // 28),
    "one line of >": lambda size: ">" * size,
    "lines of >": lambda size: "> \n" * (size // 3),
    "From lines": lambda size: "From: a@b\n" * (size // 10),
    "separators": lambda size: "-----Original Message-----\n\n> x\n" * (size // 32),
    "signatures": lambda size: "-- \n>\n" * (size // 6),
    "loose signatures": lambda size: "--\n" * (size // 3),
    "empty lines": lambda size: "\n" * size,
    "one line of dashes": lambda size: "-" * size,
    "lines of dashes": lambda size: ("-" * 300 + "\n") * (size // 300),
    "telephones": lambda size: ("sent from " * 30 + "\n") * (size // 300),
    "verbs": lambda size: "wrote:\n" * (size // 7),
    "colons": lambda size: ":\n" * (size // 2),
    "closings": lambda size: "Best regards,\nKim\n" * (size // 18),
    "closings between quotes": lambda size: "x\nBest regards,\n>\n" * (size // 18),
    "notices": lambda size: "This e-mail is confidential\n\n" * (size // 29),
    "one notice": lambda size: "x\n\nthis e-mail " + "confidential addressee in error " * (size // 32),
    "notices between quotes": lambda size: "x\n\nthis e-mail is confidential\n>\n" * (size // 34),
    "wrapped attributions": lambda size: "On 2 Nov 2026\nKim\nk@e\nwrote:\n" * (size // 29),
    "blocks": lambda size: "Date: 2026\nTo: a\nFrom: b\n" * (size // 27),
    "marks of direction": lambda size: "\u200f" * size,
    "rows of tables": lambda size: "| From | x |\n" * (size // 13),
    "labels": lambda size: ("de:" * 100 + "\n") * (size // 300),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_twice_the_text_takes_about_twice_the_time(name: str) -> None:
    assert doubles(split, HOSTILE[name](150_000), HOSTILE[name](300_000))
