"""Two of the team press a button in the same moment: one deed is done, the other one is told, and no ticket is lost between them."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from tests.dashboard.browser import Answer
from tests.walk.lab import Lab, mail, on_both
from tests.walk.service import Service, rows, ticket
from tests.walk.test_desk import STAFF, Desk, links_to
from tests.walk.test_web import WEB, browser

UNDO = {"POSTROOM_WEB__UNDO_SECONDS": "50"}  # the most, long enough for a slow machine


def at_once(*deeds: Callable[[], Answer]) -> list[Answer]:
    """All of them, as near to one moment as threads come."""
    ready = Barrier(len(deeds))

    def does(deed: Callable[[], Answer]) -> Answer:
        ready.wait()
        return deed()

    with ThreadPoolExecutor(len(deeds)) as threads:
        return [one.result() for one in [threads.submit(does, deed) for deed in deeds]]


def codes(*answers: Answer) -> list[int]:
    return sorted(one.status for one in answers)


@on_both
def test_of_two_deeds_in_one_moment_one_is_done_and_the_other_is_told(lab: Lab) -> None:
    with (lab.folder / "postroom.toml").open("a") as file:
        file.write(STAFF)
    for subject in ("One", "Two"):
        lab.deliver(mail(subject=subject))
    with Service(lab, **WEB | UNDO) as running:
        running.wait_until(lambda: len(rows(lab, "tickets")) == 2)
        pages = browser(running)
        kim, lee = (Desk(lab, running, pages, f"{name}@example.test") for name in ("kim", "lee"))
        one, two = (f"/tickets/{number}" for number in sorted(row["number"] for row in rows(lab, "tickets")))

        mine, theirs = kim.fields(one), lee.fields(one)
        sent = at_once(
            lambda: kim.post(f"{one}/reply", mine, text="Words of Kim"),
            lambda: lee.post(f"{one}/reply", theirs, text="Words of Lee"),
        )
        assert codes(*sent) == [303, 409]
        late, lost = (kim, "Kim") if sent[0].status == 409 else (lee, "Lee")
        assert f"Words of {lost}</textarea>" in max(sent, key=lambda one: one.status).text
        first = {kim: lee, lee: kim}[late]
        words = [said["text"] for said in ticket(lab, 1001)["conversation"] if said["kind"] == "reply"]
        assert len(words) == 1

        fields = first.fields(one)
        back = at_once(*[lambda: first.post(f"{one}/take-back", fields)] * 2)
        assert [one for one in codes(*back) if one == 200], "taken back once"
        kinds = [said["kind"] for said in ticket(lab, 1001)["conversation"]]
        assert kinds[-2:] == ["taken_back", "note"], "and told once"

        here, there = kim.fields(one), lee.fields(two)
        merged = at_once(
            lambda: kim.post(f"{one}/merge", here, to="1002"),
            lambda: lee.post(f"{two}/merge", there, to="1001"),
        )
        assert codes(*merged) == [303, 409], [answer.text[:2000] for answer in merged]
        assert sorted(str(row["merged_into"]) for row in rows(lab, "tickets")) in (["1001", "None"], ["1002", "None"])

        pages.post("/sign-in", {"address": "ada@client.example"})
        running.wait_until(lambda: bool(links_to(lab, "ada@client.example")))
        link = links_to(lab, "ada@client.example")[-1]
        assert codes(*at_once(*[lambda: pages.post(link)] * 4)) == [303, 410, 410, 410], "a link is good once"
