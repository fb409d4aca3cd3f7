"""Deed: what came of a link in a mail to one of us, or would come of it, for its page to show. In English, as all mails to staff. Holds values only."""

from dataclasses import dataclass

from dashboard.click import Outcome


@dataclass(frozen=True, slots=True)
class Deed:
    """What its page says."""

    outcome: Outcome
    title: str = ""  # what is asked, or done
    about: tuple[tuple[str, str], ...] = ()  # each ticket: whose it is and how old, and its subject
    lines: tuple[str, ...] = ()
    button: str = ""
    back: str = ""  # the path of the link that takes it back; "" where the button does it
