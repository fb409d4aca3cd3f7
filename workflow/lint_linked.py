"""The proofs that a tracker's word can lead somewhere. Pure; it reads no file."""

from collections.abc import Iterator

from workflow.draft import Draft
from workflow.fault import Complaint
from workflow.machine import Workflow
from workflow.read_linked import LINKED


def unfollowed(workflow: Workflow, draft: Draft) -> Iterator[Complaint]:
    """Each state that leads nowhere, or out of what is closed."""
    for word, lead in workflow.linked.items():
        path = (LINKED, word)
        for key in sorted(lead.from_):
            status = workflow.statuses.get(key)
            if status and not status.open and not draft.doubts(("status", key, "open")):
                problem = f'{word} comes from "{key}", which is closed, and no tracker opens a ticket again'
                yield Complaint((*path, "from", key), problem, "take it away")
        if not lead.from_ and lead.to in workflow.statuses and not draft.doubts_below(("moves",)):
            problem = f'{word} leads to "{lead.to}", which staff may set from no open status'
            yield Complaint(path, problem, 'say from where: from = ["…"]')
