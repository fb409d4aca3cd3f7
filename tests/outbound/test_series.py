"""What may be unsubscribed from, and how its headers say so (RFC 2369, RFC 8058)."""

from dataclasses import replace
from email import message_from_bytes, policy
from email.message import EmailMessage

from outbound.facts import Facts
from outbound.render import Renderer
from outbound.samples import samples
from outbound.series import Series, series_of
from tests.workflow.test_choosing import profile
from workflow.decision import Notice
from workflow.machine import Nature

PAGE = "https://help.example.com/do/off-status/laaabas"
RENDERER = Renderer()


def test_a_series_is_what_goes_out_by_itself_again_and_again() -> None:
    expected = {
        (Nature.AUTOMATIC, "stale"): Series.STATUS,
        (Nature.AUTOMATIC, "new"): Series.STATUS,
        (Nature.ACKNOWLEDGEMENT, "received"): None,
        (Nature.PERSONAL, "reply"): None,
        (Nature.PERSONAL, "pending-client-feedback"): None,
        (Nature.DIGEST, "digest"): Series.DIGEST,
        (Nature.DIGEST, "week"): Series.WEEK,
        (Nature.STAFF, "new"): Series.NEW,
        (Nature.STAFF, "replied"): Series.REPLIED,
        (Nature.STAFF, "escalated"): Series.ESCALATED,
        (Nature.STAFF, "assigned"): Series.ASSIGNED,
        (Nature.STAFF, "done"): None,
        (Nature.STAFF, "alert"): None,
        (Nature.STAFF, "forwarded"): None,
        (Nature.STAFF, "status"): None,
    }
    assert {key: series_of(*key) for key in expected} == expected


def headers(notice: Notice, facts: Facts) -> dict[str, str | None]:
    mail = message_from_bytes(RENDERER.render(notice, facts).raw, EmailMessage, policy=policy.default)
    assert all(len(mail.get_all(name, [])) <= 1 for name in ("List-Unsubscribe", "List-Unsubscribe-Post")), "for DKIM"
    return {name: mail[name] for name in ("List-Unsubscribe", "List-Unsubscribe-Post")}


def test_one_post_is_promised_behind_https_alone_and_stands_in_text_and_html() -> None:
    notice, facts = next(pair for pair in samples(profile("courseleaf")) if pair[0].nature is Nature.AUTOMATIC)
    without, plain = replace(facts, leave=""), replace(facts, leave=PAGE.replace("https", "http"))
    assert headers(notice, without) == {"List-Unsubscribe": None, "List-Unsubscribe-Post": None}
    assert headers(notice, plain) == {"List-Unsubscribe": f"<{plain.leave}>", "List-Unsubscribe-Post": None}
    facts = replace(facts, leave=PAGE)
    assert headers(notice, facts) == {
        "List-Unsubscribe": f"<{PAGE}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }
    for language, words in {"en": "Stop these mails", "de": "abbestellen", "fr": "Ne plus", "es": "Dejar de"}.items():
        made = RENDERER.render(notice, replace(facts, language=language))
        assert words in made.text
        assert PAGE in made.text
        assert f'href="{PAGE}"' in made.html
        assert max(map(len, made.raw.split(b"\r\n"))) <= 998


def test_a_digest_without_a_page_names_a_person() -> None:
    notice, facts = next(pair for pair in samples(profile("courseleaf")) if pair[0].nature is Nature.DIGEST)
    person = replace(facts, leave="", unsubscribe="admin@example.com")
    assert headers(notice, person)["List-Unsubscribe"] == "<mailto:admin@example.com?subject=unsubscribe%20digest>"
    page = headers(notice, replace(person, leave=PAGE))
    assert page["List-Unsubscribe"] == f"<{PAGE}>", "a mail that a person has to read is no second way"
