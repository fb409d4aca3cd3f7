"""Which numbers of a text may be a ticket's. Not every number is one."""

from classifier.numbering import MOST, numbers

TICKETS = {
    "#1042": (1042,),
    "# 1042 is still open": (1042,),
    "Re: [#1042] White page": (1042,),
    "ticket 1042": (1042,),
    "Ticket-Nr. 1042": (1042,),
    "Ticket no. 1042, please": (1042,),
    "Ihre Anfrage Nr. 1042": (1042,),
    "dossier n° 1042": (1042,),
    "caso 1042": (1042,),
    "ticket 2026 is a year, and a ticket": (2026,),
    "https://help.example.com/tickets/1042": (1042,),
    "We wait for 1042 since Monday.": (1042,),
    "1042": (1042,),
    "(1042)": (1042,),
    "1042 and 1057, see #1060": (1060, 1042, 1057),
}
OTHERS = (
    "call +49 30 1234567",
    "call 030 1234 5678",
    "tel 5551234",
    "phone: 5551234",
    "(312) 555-0142",
    "555-0142",
    "in 2026",
    "on 2026-11-26",
    "on 12.03.2026",
    "on 3/12/2026",
    "at 10:42",
    "it costs $1042",
    "it costs $ 1042",
    "1042 EUR",
    "1042 €",
    "1,042.50",
    "1.042,50",
    "version 1042",
    "v1042",
    "1.10.42",
    "order 1042",
    "order no. 1042",
    "invoice #",
    "Bestellung Nr. 1042",
    "facture 1042",
    "pedido 1042",
    "error 1042",
    "room 1042",
    "1042 students",
    "1042%",
    "CIM-1042",
    "1042-CIM",
    "abc1042",
    "12",
    "0001042",
    "1234567890123",
    "http://example.com/1042/x",
)


def test_numbers_that_may_be_tickets() -> None:
    assert {text: numbers(text) for text in TICKETS} == TICKETS


def test_numbers_that_are_none() -> None:
    assert {text: numbers(text) for text in OTHERS if numbers(text)} == {}


def test_any_text_gives_few_and_soon() -> None:
    assert len(numbers(", or ".join(map(str, range(3000, 9000))))) == MOST
    for hostile in ("9" * 100_000, "# " * 50_000, "ticket " * 20_000, "1 " * 50_000, "٤٢ ", "a-" * 50_000 + "1042"):
        assert len(numbers(hostile)) <= MOST
