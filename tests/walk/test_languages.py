"""A client is written to in the language of their mails; a word of English does not change it, staff do."""

from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

from tests.walk.lab import Lab, answer_to, mail
from tests.walk.service import do, once, refused, ticket

GERMAN = """Guten Tag,

seit heute morgen kann ich mich nicht mehr anmelden. Können Sie bitte das Passwort für mich zurücksetzen?

Viele Grüße
Ada Quill
"""


def words(raw: bytes) -> tuple[str, str]:
    made = message_from_bytes(raw, EmailMessage, policy=default)
    body = made.get_body(("plain",))
    assert body is not None
    return str(made["Subject"]), " ".join(body.get_content().split())


def test_a_german_mail_is_answered_in_german_until_staff_say_otherwise(lab: Lab) -> None:
    lab.deliver(mail(GERMAN, subject="Anmeldung"))
    once(lab)
    subject, text = words(lab.sent()[-1])
    assert subject == "[#1001] Ihre Anfrage ist bei uns eingegangen"
    assert "Freundliche Grüße Support -- Anfrage #1001: Outstanding Ihre Anfrage liegt bei uns" in text
    assert ticket(lab, 1001)["language"] == "de"
    do(lab, "set", "1001", "Pending Client Feedback")
    once(lab)
    assert "Wenn wir bis " in words(lab.sent()[-1])[1]
    lab.deliver(answer_to(lab.sent()[-1], "Thank you, but page 4 is still empty for me.\n"))
    once(lab)
    assert (ticket(lab, 1001)["status"], ticket(lab, 1001)["language"]) == ("Outstanding", "de")
    for unknown in ("deutsch", "xx"):
        said = f'"{unknown}" is no language that its mails can be written in: they are en, de, es, fr'
        assert said in refused(lab, "language", "1001", unknown)
    assert "written to in fr" in do(lab, "language", "1001", "FR")
    lab.deliver(answer_to(lab.sent()[-1], GERMAN))
    once(lab)
    do(lab, "set", "1001", "Assessment")
    once(lab)
    assert "Un responsable de notre équipe examine votre demande #1001" in words(lab.sent()[-1])[1]
    assert ticket(lab, 1001)["language"] == "fr"
