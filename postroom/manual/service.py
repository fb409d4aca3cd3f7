"""The pages of the commands that keep the service going."""

from postroom.manual.page import Page

PAGES = {
    "run": Page(
        when="As a service (systemd, a container), or once an hour from a scheduler. It writes a line to standard error for "
        "each thing that happens, and no mail's content. On SQLite one process at a time works on a database. On PostgreSQL several may, on one machine or on "
        "several: each mailbox is read by one of them, and what a dead one had in hand is taken over within a minute.",
        examples=(
            ("run", "until SIGTERM or Ctrl-C; the mail in hand is finished first"),
            ("run --once", "all that is due, then the end"),
            (
                "run --only receive,process",
                "on one machine; run --only age,deliver,web on another, on one PostgreSQL database",
            ),
            ("--config /etc/postroom/postroom.toml run", "as a service unit would"),
        ),
        see=("check", "mails", "outbox"),
        no="with --once: a server could not be reached; else the database is in use, or cannot be reached",
    ),
    "digest": Page(
        when="To see what a digest says, or to let somebody have theirs before its time: the day then has no second one. What the configuration names as digest of each member of "
        "staff goes out without this command.",
        examples=(
            ("digest --print", "the first manager's, on the screen alone"),
            ("digest --to kim@example.com", "Kim's, now"),
            ("digest --week --print", "the week beside the one before"),
            ("digest", "all that are due, e.g. where run is started by a scheduler"),
        ),
        see=("run", "tickets", "outbox"),
        no="nobody on the staff has that address, or they have the digest of today",
    ),
    "upgrade": Page(
        when="After installing a newer postroom, with the service stopped. Twice is once. A database of PostgreSQL is backed up "
        "by those who run it.",
        examples=(
            ("upgrade", "the backup's name, and from which schema to which"),
            ("--config /etc/postroom/postroom.toml upgrade", "another configuration"),
        ),
        see=("check", "run"),
        no="a service runs on the database, it is newer than this postroom, or no backup can be made; then nothing is changed",
    ),
}
