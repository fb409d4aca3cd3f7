"""The pages of the commands for other programs."""

from postroom.manual.page import Page

PAGES = {
    "token": Page(
        when="When another program (a shop, a CRM, a script of yours) is to read tickets, to open them, to answer or to set them, by the API (docs/api.md).",
        examples=(
            ("token new crm --for kim@example.com", "a token that reads"),
            ("token list", "all that there are"),
        ),
        see=("token new", "token list", "token revoke", "tickets"),
        no="there is no such token or member of staff; then nothing is changed",
    ),
    "token new": Page(
        when="Once for each program, so that each can be revoked by itself. What it does is done in the name of the member of staff, who may do it, too; "
        "when they leave the configuration the token is good for nothing. The token is shown this once: only its hash is kept. "
        "read: tickets, with all that was said. write: statuses, assignments, notes; a status may have a mail to the client. reply: words of "
        "its own to clients.",
        examples=(
            ("token new crm --for kim@example.com", "it reads, for a year"),
            ("token new shop --for kim@example.com --scopes read,reply --days 90", "it writes to clients, too"),
            ("token new nightly --for lou@example.com > token.txt", "into a file; the rest goes to the screen"),
        ),
        see=("token list", "token revoke", "new"),
        no="there is a token of that name, no such scope or no such member of staff; then there is none",
    ),
    "token list": Page(
        when="To see which programs may act here. A token whose owner has left, or whose time is over, opens nothing; when it was last used is known to the hour.",
        examples=(
            ("token list", "a table"),
            ("token list --json", "for a program"),
        ),
        see=("token new", "token revoke"),
        no="the database cannot be read",
    ),
    "token revoke": Page(
        when="When a program is to do no more, or its token may be known to others. The next request is refused.",
        examples=(("token revoke crm", "at once"), ("token revoke shop", "the others stay good")),
        see=("token list", "token new"),
        no="there is no token of that name",
    ),
}
