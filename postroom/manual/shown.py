"""How `--help` shows a command and the whole program: its page around its options. It defines no command."""

import click

from postroom.manual.book import BOOK, SECTIONS
from postroom.manual.page import Page

LONGEST = 200  # characters of a command's first sentence


class Shown(click.Command):
    """A command whose help has its page, too."""

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        super().format_help_text(ctx, formatter)
        if page := page_of(ctx):
            formatter.write_paragraph()
            with formatter.indentation():
                formatter.write_text(page.when)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        if page := page_of(ctx):
            with formatter.section("Examples"):
                for typed, brings in page.examples:
                    _example(formatter, typed, brings)
            with formatter.section("Exit status"):
                formatter.write_dl([(str(status), meaning) for status, meaning in statuses(page)])
            with formatter.section("See also"):
                formatter.write_text(", ".join(f"postroom {name}" for name in page.see))


class ShownGroup(Shown, click.Group):
    """A command with commands below it; the whole program has them in sections."""

    command_class = Shown

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        if ctx.parent is not None:
            super().format_commands(ctx, formatter)
            return
        for title, names in self.sections():
            rows = [(name, self.commands[name].get_short_help_str(limit=LONGEST)) for name in names]
            with formatter.section(title):
                formatter.write_dl(rows)

    def sections(self) -> list[tuple[str, list[str]]]:
        """The titles, each with its commands; what no page knows stands last."""
        found = [(title, [name for name in pages if name in self.commands]) for title, pages in SECTIONS.items()]
        found[-1][1].extend(name for name in self.commands if name not in BOOK)
        return [(title, names) for title, names in found if names]


def _example(formatter: click.HelpFormatter, typed: str, brings: str) -> None:
    """What to type on a line of its own, never folded: it is to be copied."""
    formatter.write(f"{'':{formatter.current_indent}}postroom {typed}\n")
    with formatter.indentation(), formatter.indentation():
        formatter.write_text(brings)


def page_of(ctx: click.Context) -> Page | None:
    """The page of the command that is shown; None for the program itself."""
    names = []
    while ctx.parent is not None:
        names.append(ctx.info_name or "")
        ctx = ctx.parent
    return BOOK.get(" ".join(reversed(names)))


def statuses(page: Page) -> list[tuple[int, str]]:
    return [(0, "done"), (1, page.no), (2, "wrong use, or a wrong configuration: one line names the key")]
