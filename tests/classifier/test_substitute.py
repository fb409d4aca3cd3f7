"""The substitute: the contact that a note names meanwhile, and nobody else."""

from datetime import UTC, date, datetime

import pytest

from classifier.substitute import substitute
from tests.classifier.judging import judge, mail
from tests.growth import doubles

OWN = frozenset({"kim@example.com", "support@example.com"})


@pytest.mark.parametrize(
    ("text", "contact"),
    [
        ("For urgent matters please contact Bo Lind at bo.lind@example.org or 555-0112.", "bo.lind@example.org"),
        ("In urgent cases:\n\nBo Lind\nbo@example.org\n", "bo@example.org"),
        ("Please contact my colleague Bo Lind. His address is bo@example.org.", "bo@example.org"),
        ("Please contact kim@example.com or, if it is urgent, bo@example.org.", "bo@example.org"),
        ("In dringenden Fällen wenden Sie sich bitte an Herrn Lind (Tel. 030 12.12.14).", "Herrn Lind, 030 12.12.14"),
        ("En cas d'urgence, vous pouvez contacter Léa Blin au 01.12.13.14.15.", "Léa Blin, 01.12.13.14.15"),
        ("Para asuntos urgentes, contacte con Ana Gil: ana.gil@example.org", "ana.gil@example.org"),
        ("Per urgenze potete contattare Ugo Neri, tel. 02 1234567.", "Ugo Neri, 02 1234567"),
        ("Voor dringende zaken kunt u contact opnemen met jan.vos@example.org.", "jan.vos@example.org"),
        ("Em caso de urgência contacte a Rita Sá (rita.sa@example.org).", "rita.sa@example.org"),
        ("W pilnych sprawach proszę o kontakt: ewa@example.org", "ewa@example.org"),
        ("V naléhavých případech kontaktujte Janu Malou, tel. 222 333 444.", "Janu Malou, 222 333 444"),
        ("V súrnych prípadoch kontaktujte eva@example.org.", "eva@example.org"),
        ("Sürgős esetben kérem, forduljon Kis Évához (+36 1 234 5678).", "Kis Évához, +36 1 234 5678"),
        ("Pentru urgențe vă rog să contactați pe ana.pop@example.org.", "ana.pop@example.org"),
        ("При спешни случаи се свържете с ana@example.org", "ana@example.org"),
        ("Za hitne slučajeve kontaktirajte ana@example.org", "ana@example.org"),
        ("Vid brådskande ärenden kontakta Bo Lind, 070-123 45 67.", "Bo Lind, 070-123 45 67"),
        ("Kontakt Bo Lund på 12 34 56 78, hvis det haster.", "Bo Lund, 12 34 56 78"),
        ("Ta kontakt med bo@example.org hvis det haster.", "bo@example.org"),
        ("Kiireellisissä asioissa ota yhteyttä: Eeva Laine, 040 123 4567.", "Eeva Laine, 040 123 4567"),
        ("Kiiretes küsimustes pöörduge palun: mari@example.org", "mari@example.org"),
        ("По срочным вопросам обращайтесь к Анне Поповой (тел. +7 495 123-45-67).", "Анне Поповой, +7 495 123-45-67"),
        ("З термінових питань звертайтеся: olena@example.org", "olena@example.org"),
        (
            "Acil durumlarda Ayşe Kaya ile iletişime geçebilirsiniz (0212 123 45 67).",
            "Ayşe Kaya, 0212 123 45 67",
        ),
        ("Για επείγοντα θέματα επικοινωνήστε: anna@example.org", "anna@example.org"),
        ("お急ぎの場合は、田中（03-1234-5678）までご連絡ください。", "田中, 03-1234-5678"),
        ("如有急事请联系李明 13800000000。", "李明, 13800000000"),
        ("急事請聯絡 li@example.org。", "li@example.org"),
        ("급한 용무는 김민수(02-123-4567)에게 연락 바랍니다.", "김민수, 02-123-4567"),
        ("للحالات العاجلة يرجى التواصل مع sara@example.org", "sara@example.org"),
        ("בנושאים דחופים ניתן לפנות ל dana@example.org", "dana@example.org"),
        ("For anything urgent, Ann Lee will be happy to help: +44 20 7946 0958.", "Ann Lee, +44 20 7946 0958"),
        ("Meine Vertretung ist Frau Dr. Eva Sommer, Tel.: 030 1234-567.", "Frau Dr. Eva Sommer, 030 1234-567"),
        ("Vertretung:\nEva Sommer\n030 1234567\n", "Eva Sommer, 030 1234567"),
        ("如有緊急事宜，請聯絡我的同事陳大文，電話 02-1234-5678。", "陳大文, 02-1234-5678"),
        # Nobody else is named.
        ("Please contact the help desk.\n-- \nKim Poe, 212 555 0101", ""),
        ("Please note that this mailbox (team@example.org) is not monitored.", ""),
        ("I am away until 7 December.", ""),
        ("For urgent matters call me on 555-0112.", ""),
        ("In dringenden Fällen erreichen Sie mich unter 0171 1234567.", ""),
        ("In dringenden Fällen erreichen Sie uns unter 0171 1234567.", ""),
        ("Bei Rückfragen rufen Sie bitte 0171 1234567 an.", ""),
        ("Please contact my colleague.\n\nRegards\nKim Poe\n555-0199999\nk.poe@example.org", ""),
        ("Please contact kim@example.com.", ""),
        ("Urgent? Wait until 03.12.2026, or 2026-12-03.", ""),
        ("My address is bo@example.org.", ""),
        ("", ""),
    ],
)
def test_the_contact_is_named_or_nobody(text: str, contact: str) -> None:
    assert substitute(text, OWN, "") == contact


def test_a_verdict_says_who_and_when_of_a_note_and_of_nothing_else() -> None:
    text = "I am out of the office until 7 December 2026. Please contact Bo Lind (bo@example.org)."
    sent = datetime(2026, 12, 2, 9, tzinfo=UTC)
    note = judge(mail(text, "kim@example.com", ("auto-submitted", "auto-replied"), subject="Out of office", date=sent))
    assert (note.return_date, note.substitute) == (date(2026, 12, 7), "bo@example.org")
    assert note.said == "back on 2026-12-07, meanwhile bo@example.org"
    person = judge(
        mail("Please contact Bo Lind (bo@example.org), he is away until 7 December 2026. Why?", "kim@example.com")
    )
    assert (person.return_date, person.substitute) == (None, "")


@pytest.mark.parametrize(
    "part", ["contact a@b.", "contact 1-", "a", "a@", "contact Bo Lind, ", "urgent:\n\n", "1 1", "("]
)
def test_time_grows_no_faster_than_the_text(part: str) -> None:
    half, whole = (part * (size // len(part)) for size in (500_000, 1_000_000))
    assert doubles(lambda text: substitute(text, OWN, "en"), half, whole)
