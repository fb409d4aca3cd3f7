"""Pages: a process of their own serves them, so that a page and a mail never wait for each other's turn in Python (docs/decisions/112).

It is told every second what the run has counted, for its metrics, and ends with the run: by its line, which breaks whatever ended the run.
"""

from collections.abc import Callable
from contextlib import suppress
from multiprocessing.connection import Connection
from threading import Event, Thread

from dashboard.counts import Counts
from postroom import log
from postroom.app import open_app
from postroom.config import ConfigError
from postroom.failure import where
from postroom.log import trouble
from postroom.parsers import CONTEXT, deaf
from store.errors import DatabaseDown, SchemaMismatch

AGAIN = 5.0  # seconds until one that ended is begun again
EACH = 1.0  # seconds between two reports of what was counted
END_SECONDS = 10  # for answers that have begun when the run ends


class Pages:
    """The process of one run. `option` is the configuration that the run was given."""

    def __init__(self, option: str | None, counts: Counts, stop: Event) -> None:
        self._option = option
        self._counts = counts
        self._stop = stop

    def serve(self) -> None:
        """Until told to stop; a process that ends before is begun again."""
        while not self._stop.is_set():
            line, far = CONTEXT.Pipe()
            process = CONTEXT.Process(target=_serve, args=(self._option, far, log.speaks()), name="pages")
            with deaf():
                process.start()
            far.close()
            try:
                while process.is_alive() and not self._stop.wait(EACH):
                    line.send(self._counts.now())
            except OSError:
                pass  # it ended meanwhile
            finally:
                line.close()
                process.join(END_SECONDS)
                process.kill()
                process.join()
            if not self._stop.is_set():
                trouble("web.down", reason=f"its process ended (exit status {process.exitcode}); mail goes on")
                self._stop.wait(AGAIN)


def _serve(option: str | None, line: Connection, speaks: bool) -> None:
    """The life of the process."""
    from postroom.serving import Server  # noqa: PLC0415  (the run itself needs none of its libraries)

    if speaks:
        log.start()
    else:
        log.still()
    try:
        app = open_app(option)
    except (ConfigError, DatabaseDown, SchemaMismatch) as error:
        trouble("web.down", reason=error)
        raise SystemExit(1) from None
    stop = Event()
    server = Server(app, stop)
    Thread(target=_hear, args=(line, app.counts, stop, server.end), daemon=True).start()
    try:
        server.serve()
    except Exception as error:  # noqa: BLE001 - its text may have words of mails in it
        trouble("fault", verb="web", error=where(error))
        raise SystemExit(1) from None
    finally:
        app.database.close()


def _hear(line: Connection, counts: Counts, stop: Event, end: Callable[[], None]) -> None:
    """What the run has counted, until it is gone."""
    with suppress(EOFError, OSError):
        while True:
            counts.take(line.recv())
    stop.set()
    end()
