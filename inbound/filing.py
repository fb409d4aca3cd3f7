"""Filing: mails that are kept move to the processed folder. It never expunges a mail that was not copied."""

from collections.abc import Callable, Sequence
from contextlib import suppress

from imapclient import DELETED

from inbound import uids as sequence
from inbound.connection import Client
from inbound.down import MailboxRefused
from inbound.naming import name_of
from inbound.session import Session


class Filing:
    """MOVE (RFC 6851), else COPY, STORE of the deleted mark and UID EXPUNGE (RFC 4315); without UIDPLUS the mark alone."""

    def __init__(self, session: Session, folder: str, failpoint: Callable[[str], None]) -> None:
        self._session, self._folder, self._failpoint = session, folder, failpoint

    def prepare(self) -> None:
        """Makes the folder where it is missing. Raises MailboxRefused where it cannot be made."""
        name = name_of(self._session, self._folder)
        try:
            with self._session.command(f"STATUS of {self._folder}") as client:
                client.folder_status(name, ["UIDVALIDITY"])
        except MailboxRefused:
            with self._session.command(f"making the folder {self._folder}") as client:
                client.create_folder(name)
            with suppress(MailboxRefused), self._session.command("SUBSCRIBE") as client:
                client.subscribe_folder(name)  # so that people's mail programs show it

    def move(self, uids: Sequence[int]) -> dict[int, int]:
        moved: dict[int, int] = {}
        for numbers in sequence.sets(uids):
            try:
                moved |= self._file(numbers)
            except MailboxRefused as refused:
                self._mend(refused)
                moved |= self._file(numbers)
        return moved

    def delete(self, uids: Sequence[int]) -> None:
        """Gone for good; without UIDPLUS only marked so, for a plain EXPUNGE would take other people's marks for ours."""
        for numbers in sequence.sets(uids):
            self._mark(numbers)
            if "UIDPLUS" in self._session.offers:
                with self._session.command("UID EXPUNGE") as client:
                    client.uid_expunge(numbers)

    def _mend(self, refused: MailboxRefused) -> None:
        """People at work in the same mailbox are the two reasons to ask once more; any other is raised."""
        if "[TRYCREATE]" in str(refused):  # somebody deleted the folder
            self.prepare()
        elif "[EXPUNGEISSUED]" in str(refused):  # RFC 5530: some are gone, and the server did not say so before
            with self._session.command("NOOP") as client:
                client.connection.noop()
        else:
            raise refused

    def _file(self, numbers: str) -> dict[int, int]:
        if "MOVE" in self._session.offers:
            name = name_of(self._session, self._folder)
            with self._session.command(f"moving to {self._folder}") as client:
                client.move(numbers, name)
                return _copied(client, numbers)
        if "UIDPLUS" in self._session.offers:
            return self._copy_and_expunge(numbers)
        return self._copy_and_mark(numbers)

    def _copy_and_expunge(self, numbers: str) -> dict[int, int]:
        """Exactly what was copied goes; where the server names what it copied (COPYUID), no more than that."""
        copied = self._copy(numbers)
        for part in sequence.sets(copied) if copied else [numbers]:
            self._mark(part)
            with self._session.command("UID EXPUNGE") as client:
                client.uid_expunge(part)
        return copied

    def _copy_and_mark(self, numbers: str) -> dict[int, int]:
        """Marked mails stay where they are, so those already marked are left alone: no second copy of them."""
        with self._session.command("SEARCH") as client:
            unmarked = client.connection.search_uids(f"UID {numbers} UNDELETED")
        copied: dict[int, int] = {}
        for part in sequence.sets(unmarked):
            copied |= self._copy(part)
            self._mark(part)
        return copied

    def _copy(self, numbers: str) -> dict[int, int]:
        name = name_of(self._session, self._folder)
        with self._session.command(f"copying to {self._folder}") as client:
            client.copy(numbers, name)
            copied = _copied(client, numbers)
        self._failpoint("move.copy_done_not_deleted")
        return copied

    def _mark(self, numbers: str) -> None:
        with self._session.command("STORE") as client:
            client.add_flags(numbers, [DELETED], silent=True)


def _copied(client: Client, asked: str) -> dict[int, int]:
    """What the answer's COPYUID says (RFC 4315 §3); {} without one."""
    codes = client.connection.untagged_responses.get("COPYUID", [])
    return sequence.copied(codes[-1], asked) if codes else {}
