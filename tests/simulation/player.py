"""Player: plays seeds one after the other, on one application and one database file that is emptied before each."""

import shutil
from pathlib import Path

from outbound.keys import key_line
from postroom.app import open_app
from tests.simulation.life import Unsteady
from tests.simulation.play import Play
from tests.simulation.verdict import Verdict

CONFIG = """
workflow = "courseleaf"
database = "sqlite:///template.db"
public_url = "https://help.example.test"
timezone = "America/Chicago"
secret_key_file = "postroom.key"

[[mailbox]]
name = "support"
role = "support"
address = "support@example.test"
imap = { host = "127.0.0.1", tls = "none", user = "support", password_file = "postroom.key" }
start = "all"

[[mailbox]]
name = "escalate"
role = "escalate"
address = "escalate@example.test"
imap = { host = "127.0.0.1", tls = "none", user = "escalate", password_file = "postroom.key" }
start = "all"

[smtp]
host = "127.0.0.1"
tls = "none"
from = "Support <support@example.test>"

[[staff]]
address = "kim@example.test"
name = "Kim"
roles = ["manager"]
digest = "daily 08:00"

[[staff]]
address = "lee@example.test"
name = "Lee"
roles = ["agent"]
digest = "daily 17:30"
"""


class Player:
    """In an empty folder; the best one lies in memory, for power cuts are not what is tried here."""

    def __init__(self, folder: Path) -> None:
        (folder / "postroom.toml").write_text(CONFIG)
        # The keys are the same every time: a seed is a history.
        (folder / "postroom.key").write_text(key_line("k1", bytes(range(32))))
        (folder / "postroom.key").chmod(0o600)
        self._app = open_app(str(folder / "postroom.toml"))
        self._app.database.close()
        self._template = folder / "template.db"
        self._database = Unsteady(folder / "postroom.db")

    def play(self, seed: int) -> Verdict:
        """A seed's history, played to its end. AssertionError, with the history's last part, where it breaks off."""
        self._database.close()
        shutil.copy(self._template, self._database.file)
        play = Play(seed, self._app, self._database)
        try:
            play.run()
        except Exception as error:
            raise AssertionError("\n".join([f"seed {seed}", *play.world.history[-40:]])) from error
        return Verdict(play)

    def close(self) -> None:
        self._database.close()
