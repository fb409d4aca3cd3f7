"""Plan: all that a first run has learned, before any of it is written. Holds values only."""

from dataclasses import dataclass

from postroom.first.candidates import Candidate
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
    authserv_ids: tuple[str, ...]
    staff: str  # address
    staff_name: str

    @property
    def secrets(self) -> dict[str, str]:
        """The password files by name; who signs in twice with the same words has one."""
        found: dict[str, str] = {}
        for box in self.boxes:
            found.setdefault(f"{box.role}.password", box.sign_in.password)
        if self.smtp_sign_in.user and self.smtp_sign_in != self.boxes[0].sign_in:
            found["smtp.password"] = self.smtp_sign_in.password
        return found

    @property
    def smtp_file(self) -> str:
        """The file of the password for sending; "" without a sign-in."""
        if not self.smtp_sign_in.user:
            return ""
        return "smtp.password" if "smtp.password" in self.secrets else f"{self.boxes[0].role}.password"
