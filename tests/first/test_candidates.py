"""Which servers an address may have: the order of RFC 6186 and RFC 8314, and which of them need a person's word."""

import pytest

from postroom.first.candidates import IMAP, SMTP, Answers, Candidate, Srv, candidates, usual_hosts
from postroom.first.houses import house_of

DOMAIN = "example.com"
HOSTS = frozenset({"imap.example.com", "mail.example.com", "smtp.example.com"})


def places(protocol: object, answers: Answers) -> list[str]:
    found = candidates(protocol, DOMAIN, answers)  # type: ignore[arg-type]
    return [f"{one.host}:{one.port} {one.tls}" for one in found]


def test_records_come_before_habit_and_tls_before_starttls() -> None:
    srv = {"_imap._tcp": (Srv("in.example.com", 143),), "_imaps._tcp": (Srv("in.example.com", 993),)}
    assert places(IMAP, Answers(srv, hosts=HOSTS)) == [
        "in.example.com:993 implicit",
        "in.example.com:143 starttls",
        "imap.example.com:993 implicit",
        "imap.example.com:143 starttls",
        "mail.example.com:993 implicit",
        "mail.example.com:143 starttls",
    ]


def test_a_lower_priority_number_goes_first_whatever_the_service_and_a_heavier_weight_among_equals() -> None:
    srv = {
        "_submissions._tcp": (Srv("b.example.com", 465, 20), Srv("light.example.com", 465, 10, 1)),
        "_submission._tcp": (Srv("a.example.com", 587, 5),),
    }
    srv["_submissions._tcp"] += (Srv("heavy.example.com", 465, 10, 9),)
    assert places(SMTP, Answers(srv)) == [
        "a.example.com:587 starttls",
        "heavy.example.com:465 implicit",
        "light.example.com:465 implicit",
        "b.example.com:465 implicit",
    ]


def test_a_service_that_is_not_offered_is_not_guessed_either() -> None:
    srv = {"_imap._tcp": (Srv("", 0),)}
    assert places(IMAP, Answers(srv, hosts=frozenset({"imap.example.com"}))) == ["imap.example.com:993 implicit"]
    srv["_imaps._tcp"] = (Srv("", 0),)
    assert places(IMAP, Answers(srv, hosts=HOSTS)) == []


def test_a_server_is_tried_once_and_names_that_do_not_exist_never() -> None:
    srv = {"_imaps._tcp": (Srv("mail.example.com", 993),)}
    assert places(IMAP, Answers(srv, mx=("mail.example.com",), hosts=frozenset({"mail.example.com"}))) == [
        "mail.example.com:993 implicit",
        "mail.example.com:143 starttls",
    ]
    assert places(SMTP, Answers()) == []


@pytest.mark.parametrize(
    ("host", "foreign"),
    [
        ("example.com", False),
        ("mail.example.com", False),
        ("example.com.evil.test", True),
        ("notexample.com", True),
        ("com", True),
    ],
)
def test_a_name_outside_the_domain_needs_a_persons_word(host: str, foreign: bool) -> None:
    (one,) = candidates(IMAP, DOMAIN, Answers({"_imaps._tcp": (Srv(host, 993),)}))
    assert one.foreign is foreign


@pytest.mark.parametrize(
    ("mx", "name", "imap", "word"),
    [
        ("example-com.mail.protection.outlook.com", "Microsoft 365", "outlook.office365.com", "OAuth"),
        ("aspmx.l.google.com", "Google", "imap.gmail.com", "app password"),
        ("mx-aol.mail.gm0.yahoodns.net", "AOL", "imap.aol.com", "app password"),
        ("mta5.am0.yahoodns.net", "Yahoo", "imap.mail.yahoo.com", "app password"),
        ("mx01.mail.icloud.com", "iCloud", "imap.mail.me.com", "app-specific password"),
        ("in1-smtp.messagingengine.com", "Fastmail", "imap.fastmail.com", "app password"),
        ("mx00.gmx.net", "GMX", "imap.gmx.net", "IMAP is switched on"),
        ("mx-ha02.web.de", "WEB.DE", "imap.web.de", "IMAP is switched on"),
    ],
)
def test_a_known_house_is_found_by_its_mx_and_says_how_to_sign_in(mx: str, name: str, imap: str, word: str) -> None:
    answers = Answers(mx=(mx,))
    house = house_of(answers.mx)
    assert house is not None
    assert house.name == name
    assert word in house.sign_in
    (first,) = candidates(IMAP, DOMAIN, answers, house)
    assert first == Candidate(imap, 993, "implicit", f"MX record of example.com: {name}", foreign=True)
    assert candidates(SMTP, DOMAIN, answers, house)[0].foreign


def test_a_look_alike_of_a_house_is_none() -> None:
    assert house_of(("mx.google.com.evil.test", "notgoogle.com")) is None


def test_addresses_of_the_house_itself_need_no_word() -> None:
    answers = Answers(mx=("gmail-smtp-in.l.google.com",))
    (one,) = candidates(IMAP, "gmail.com", answers, house_of(answers.mx))
    assert (one.host, one.foreign) == ("imap.gmail.com", False)


def test_the_usual_names_are_few() -> None:
    assert usual_hosts(DOMAIN) == ("imap.example.com", "mail.example.com", "smtp.example.com")


def test_a_thousand_records_cost_no_thousand_tries() -> None:
    many = tuple(Srv(f"s{number}.example.com", 993, number) for number in range(1000))
    found = places(IMAP, Answers({"_imaps._tcp": many}))
    assert found == [f"s{number}.example.com:993 implicit" for number in range(8)]
