"""Usual words: what the mail of a status would say to the client, as a text that staff go on from. It writes nothing."""

from outbound.render import RenderError
from postroom.acting import NotPossible, planned
from postroom.answering import Answerer
from postroom.app import App
from workflow.act import Act
from workflow.after import after
from workflow.decision import Audience


def usual(app: App, number: int, deed: Act) -> str:
    """In the client's language, of the mail that the deed would send them. Raises NotPossible."""
    plan = planned(app, number, deed)
    told = (one for one in plan.decision.notices if one.audience is Audience.CLIENT)
    notice = next((one for one in told if one.recipient.key == plan.named.requester.key), None)
    if notice is None:
        raise NotPossible("that sends the client no mail: what is written here is all that they would hear")
    stands = after(plan.ticket, plan.decision, plan.at)
    try:
        return Answerer(app).words(notice, plan.decision, stands, plan.cause, plan.at)
    except RenderError as error:
        raise NotPossible(f"its mail cannot be made: {error.reason}") from None
