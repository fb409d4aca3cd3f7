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
    "webhook": Page(
        when="When other programs are told of tickets ([[webhook]] in the configuration, docs/api.md), and one of them seems not to hear.",
        examples=(
            ("webhook list", "what waits for each"),
            ("webhook again crm", "what was given up, once more"),
        ),
        see=("webhook list", "webhook again", "token"),
        no="there is no such webhook, or nothing was given up for it; then nothing is changed",
    ),
    "webhook list": Page(
        when="To see how many events wait for each program, how many were given up, and why the newest failed. A program that does not answer is tried "
        "for three days; what it did not take by then is kept for a month, in case you want it told.",
        examples=(("webhook list", "a table"), ("webhook list --json", "for a program")),
        see=("webhook again", "check"),
        no="the database cannot be read",
    ),
    "webhook again": Page(
        when="When a program that was away for days is back, and can take late events.",
        examples=(("webhook again crm", "all that was given up for it"), ("webhook again shop", "another one's")),
        see=("webhook list",),
        no="there is no such webhook, or nothing was given up for it",
    ),
}
