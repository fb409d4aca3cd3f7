"""`postroom run`: the service, or all that is due once."""

from pathlib import Path

from postroom import log, pipeline
from postroom.app import open_app
from postroom.cli import Refused
from postroom.lock import Locked, only_one
from postroom.parsers import Parsers
from postroom.worker import Worker


def run(option: str | None, *, once: bool) -> bool:
    """Runs until told to stop, or until nothing is due. Whether every mailbox was reached."""
    log.start()
    app = open_app(option)
    parsers = Parsers()  # before any thread
    try:
        with only_one(Path(f"{app.config.database.removeprefix('sqlite:///')}.lock")):
            pipeline.take_over(app)
            if once:
                return pipeline.once(app, parsers)
            Worker(app, parsers).run()
            return True
    except Locked as error:
        raise Refused(str(error)) from None
    finally:
        parsers.close()
        app.database.close()
