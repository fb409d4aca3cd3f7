"""The proofs that every notice of a workflow can be sent, as the kind of mail that it is. Pure; it renders nothing."""

from collections.abc import Collection, Iterator

from workflow.draft import Draft, Mention
from workflow.fault import Complaint
from workflow.machine import REPLY, Nature, Workflow
from workflow.spelling import meant


def unsent(workflow: Workflow, draft: Draft, templates: Collection[str]) -> Iterator[Complaint]:
    """Every notice that could not be sent, or would go out as what it is not."""
    yield from _listed(workflow, draft, templates)
    if not draft.doubts_below(("notices",)):
        yield from _unlisted(workflow, draft)
    yield from _natures(workflow, draft)
    yield from _offered(workflow, draft)


def _unlisted(workflow: Workflow, draft: Draft) -> Iterator[Complaint]:
    """Each notice that the file uses is listed, the one for staff's own words among the personal ones."""
    for mention in (*draft.answers, *draft.tidings):
        if mention.name not in workflow.notices:
            mending = meant(mention.name, workflow.notices) or "list it in [notices]"
            yield Complaint(mention.path, f'{mention.use} "{mention.name}", which [notices] does not list', mending)
    if REPLY not in {mention.name for mention in draft.listed if mention.use == Nature.PERSONAL}:
        problem = f'notice "{REPLY}" is not among the personal ones'
        yield Complaint(
            ("notices", Nature.PERSONAL), problem, f'add it there: personal = ["{REPLY}"]; staff write with it'
        )


def _listed(workflow: Workflow, draft: Draft, templates: Collection[str]) -> Iterator[Complaint]:
    """Each listed notice is listed once, is used, and has a template."""
    used = {mention.name for mention in (*draft.answers, *draft.tidings)} | {REPLY}
    seen: set[str] = set()
    for mention in draft.listed:
        if mention.name in seen:
            yield Complaint(mention.path, f'notice "{mention.name}" is listed twice', "keep it in one list")
        elif mention.name not in used:
            mending = meant(mention.name, used) or "take it away"
            yield Complaint(mention.path, f'notice "{mention.name}" is never sent', mending)
        if mention.name not in seen and mention.name not in templates:
            mending = f"add the folder templates/mail/{workflow.name}/{mention.name}"
            yield Complaint(mention.path, f'notice "{mention.name}" has no template', mending)
        seen.add(mention.name)


def _offered(workflow: Workflow, draft: Draft) -> Iterator[Complaint]:
    """Each offer is one of a notice that goes to the client who has the ticket, and leads somewhere."""
    for mention in draft.offers:
        form = workflow.notices.get(mention.name)
        if form is None:
            mending = meant(mention.name, workflow.notices) or "list it in [notices]"
            yield Complaint(mention.path, f'[offers] names "{mention.name}", which [notices] does not list', mending)
        elif form.nature is Nature.ACKNOWLEDGEMENT:
            problem = f'"{mention.name}" offers a click, but an acknowledgement may go to somebody who never wrote'
            yield Complaint(mention.path, problem, "take it away")
        for choice in workflow.offers[mention.name]:
            if choice not in workflow.choices:
                problem = f'"{mention.name}" offers "{choice}", which leads nowhere'
                yield Complaint(mention.path, problem, f'add {choice} = {{ to = "…" }} to [choices]')
    offered = {choice for choices in workflow.offers.values() for choice in choices}
    for choice in workflow.choices:
        if choice not in offered and not draft.doubts_below(("offers",)):
            yield Complaint(("choices", choice), f'no notice offers "{choice}"', "add it to [offers], or take it away")


def _natures(workflow: Workflow, draft: Draft) -> Iterator[Complaint]:
    """What answers a mail is limited and marked as an answer; what tells of a change is not (RFC 3834 §2)."""
    for mention in draft.answers:
        if _nature(workflow, mention) not in {None, Nature.ACKNOWLEDGEMENT}:
            problem = f'{mention.use} "{mention.name}" as an answer to a mail'
            yield Complaint(mention.path, problem, f'list it in [notices] under "{Nature.ACKNOWLEDGEMENT}"')
    for mention in draft.tidings:
        if _nature(workflow, mention) is Nature.ACKNOWLEDGEMENT:
            problem = f'{mention.use} "{mention.name}", which is an acknowledgement, without a mail to answer'
            yield Complaint(mention.path, problem, f'list it in [notices] under "{Nature.AUTOMATIC}"')


def _nature(workflow: Workflow, mention: Mention) -> Nature | None:
    form = workflow.notices.get(mention.name)
    return form.nature if form else None
