"""A rule of the configuration sends requests to whoever has to look at them first; the client is answered as always."""

from collections.abc import Callable

from tests.walk.lab import Lab, mail
from tests.walk.service import once, rows, ticket

RULE = """
[[first_look]]
name = "billing"
status = "assessment"
phrase = "invoice"
category = "billing"
"""


def test_a_request_that_fits_opens_in_assessment_with_its_reason_and_a_reply_on_it_stays(
    make_lab: Callable[..., Lab],
) -> None:
    lab = make_lab(RULE)
    lab.deliver(mail("The Invoice of May is wrong.\n"))
    lab.deliver(mail("The page is white.\n", subject="Page", sender="Bea <bea@other.example>"))
    lab.deliver(
        mail("Your invoice, now!\n", subject="Bill", to="escalate@example.test", sender="Cy <cy@third.example>"),
        to="escalate",
    )
    once(lab)
    stand = {row["requester"]: (row["status"], row["category"]) for row in rows(lab, "tickets")}
    assert stand == {
        "ada@client.example": ("Assessment", "billing"),
        "bea@other.example": ("Outstanding", ""),
        "cy@third.example": ("Manager Escalation", ""),
    }
    number = next(row["number"] for row in rows(lab, "tickets") if row["status"] == "Assessment")
    because = ticket(lab, number)["history"][0]["because"]
    assert 'to be looked at first, "billing": text "invoice"' in because
    assert {one["notice"] for one in rows(lab, "outbox") if one["ticket"] == number} == {"received"}
