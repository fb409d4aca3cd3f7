"""`postroom run`: the service, or all that is due once."""

from collections.abc import Collection

from postroom import log, pipeline
from postroom.app import App, open_app
from postroom.cli import Refused
from postroom.config import ConfigError
from postroom.lock import Locked, alone_on
from postroom.parsers import Parsers
from postroom.reading import read
from postroom.verbs import ALL, Verb
from postroom.worker import Worker
from postroom.workflow_file import ships


def run(option: str | None, *, once: bool, verbs: Collection[Verb] = ALL) -> bool:
    """Runs these verbs until told to stop, or until nothing is due. Whether every server was reached."""
    log.start()
    app = open_app(option)
    if app.config.lent:  # other commands do without
        raise ConfigError(app.config.lent[0])
    prove_templates(app)
    parsers = Parsers(read)  # before any thread
    try:
        with alone_on(app.config.database_file):
            if once:
                return pipeline.once(app, parsers, verbs)
            Worker(app, option, parsers, verbs).run()
            return True
    except Locked as error:
        raise Refused(str(error)) from None
    finally:
        parsers.close()
        app.database.close()


def prove_templates(app: App) -> None:
    """Raises ConfigError for templates that cannot be rendered: better no start than clients who hear nothing.

    Those that come with postroom, for a workflow that does, are proved by its tests: a second of each start.
    """
    own = bool(app.config.settings.templates)
    for workflow in (flow for name, flow in app.workflows.items() if own or not ships(name)):
        if faults := app.renderer.check(workflow):
            more = f" (and {len(faults) - 1} more: postroom check)" if len(faults) > 1 else ""
            raise ConfigError(f"{app.config.source}: templates: {faults[0]}{more}")
