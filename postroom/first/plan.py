"""Plan: all that a first run has learned, before any of it is written. Holds values only."""

from dataclasses import dataclass

from postroom.first.candidates import Candidate
from postroom.first.registering import Signed
from postroom.first.trying import SignIn


@dataclass(frozen=True, slots=True)
class Box:
    """A mailbox that could be signed in to."""

    role: str
    address: str
    sign_in: SignIn


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be written. `smtp_sign_in` without a user: mail is handed over without a sign-in."""

    boxes: tuple[Box, ...]
    imap: Candidate
    smtp: Candidate
    smtp_sign_in: SignIn
    ca_file: str
    team: str  # the name that mails come from
    workflow: str
    timezone: str
    public_url: str
    start: str
    processed_folder: str
    reads_sent: bool  # what staff send from their own mail programs is read
    authserv_ids: tuple[str, ...]
    staff: str  # address
    staff_name: str

    @property
    def secrets(self) -> dict[str, str]:
        """The files of what must stay secret, by name; who signs in twice in the same way has them once."""
        found: dict[str, str] = {}
        for box in self.boxes:
            found |= _kept(box.role, box.sign_in)
        if self.smtp_sign_in.user and self.smtp_sign_in != self.boxes[0].sign_in:
            found |= _kept("smtp", self.smtp_sign_in)
        return found

    @property
    def smtp_file(self) -> str:
        """The file of the password for sending; "" without one."""
        if not self.smtp_sign_in.password:
            return ""
        return "smtp.password" if "smtp.password" in self.secrets else f"{self.boxes[0].role}.password"

    @property
    def sign_ins(self) -> dict[str, Signed]:
        """Those by OAuth, by their names."""
        made = (*(box.sign_in for box in self.boxes), self.smtp_sign_in)
        return {one.signed.name: one.signed for one in made if one.signed}


def _kept(role: str, sign_in: SignIn) -> dict[str, str]:
    return sign_in.signed.secrets if sign_in.signed else {f"{role}.password": sign_in.password}
