"""Completing: what a shell may offer for a word that is being typed, and the script by which it asks. It changes nothing."""

from collections.abc import Callable

import click
from click.shell_completion import BashComplete, CompletionItem, ShellComplete, ZshComplete

SHELLS: dict[str, type[ShellComplete]] = {"bash": BashComplete, "zsh": ZshComplete}
VARIABLE = "_POSTROOM_COMPLETE"  # by which the shell's script asks us

Complete = Callable[[click.Context, click.Parameter, str], list[CompletionItem]]


def script(shell: str, main: click.Command) -> str:
    """What the shell has to read once."""
    return SHELLS[shell](main, {}, "postroom", VARIABLE).source()


def offering(what: str, *, files: bool = False) -> Complete:
    """Offers the words of that name in `offers`, which is imported when a shell asks; `files` in the folder, too.

    Where several may stand with commas between them, the last is completed.
    """

    def complete(ctx: click.Context, _: click.Parameter, incomplete: str) -> list[CompletionItem]:
        from postroom.offers import offers  # noqa: PLC0415 - no other command pays for this import

        found = offers(what, ctx.find_root().params.get("config"), ctx.params)
        before, comma, typed = incomplete.rpartition(",")
        words = [(word, meaning) for word, meaning in found if word.lower().startswith(typed.lower())]
        offered = [CompletionItem(before + comma + word, help=meaning) for word, meaning in words]
        # First, for the scripts of the shells drop what came before it.
        return [CompletionItem(incomplete, type="file"), *offered] if files else offered

    return complete
