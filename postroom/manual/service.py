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
        see=("check", "run", "backup"),
        no="a service runs on the database, it is newer than this postroom, or no backup can be made; then nothing is changed",
    ),
    "backup": Page(
        when="Every night, from a scheduler, while the service goes on; and before anything that could go wrong. The file is for its owner alone, and there "
        "is none until it is whole and read back. On PostgreSQL it is an archive of pg_dump, which has to be installed. Keep the configuration, the key and the password "
        "files with it: without the key no reply finds its ticket. No file is written over.",
        examples=(
            ("backup /backup/postroom-2026-11-27.db", "the size, how many mails and tickets, and what else to keep"),
            ("--config /etc/postroom/postroom.toml backup /backup/postroom.dump", "another configuration"),
        ),
        see=("restore", "upgrade"),
        no="the file is there already, it cannot be written, or there is no database; then there is no backup",
    ),
    "restore": Page(
        when="When the database is lost or damaged, with the service stopped. The world has gone on since the backup, so what was on its way then is not sent by "
        "itself, what came before the restore gets no acknowledgement, no ticket number is given again, and everybody signs in anew. The next run reads again what was filed on the "
        "server since. What staff did meanwhile by command or on the pages is lost; their mails are found again, and go to nobody. "
        "On PostgreSQL, restore into a new, empty database. Where a snapshot or the server's own means put the database back, --mark says so, before the next run.",
        examples=(
            ("restore /backup/postroom-2026-11-27.db", "where there is no database"),
            ("restore /backup/postroom-2026-11-27.db --replace", "where there is one: it is kept beside it"),
            ("restore --mark", "after a snapshot of the disk, or of the server, was put back"),
        ),
        see=("backup", "outbox", "run"),
        no="a service runs, a database is there, or the file is no whole backup; then nothing is changed",
    ),
    "reconcile": Page(
        when="When somebody asks whether a mail was lost, after trouble with a mail server, or in monitoring. It counts the folder that is read and the one where mail is filed, "
        "and names what the ledger lacks and what could not be moved. It changes nothing; run does the same once a day, and the digest tells the result.",
        examples=(
            ("reconcile", "one line where all is well, else one for each difference, with the mend"),
            ("reconcile --json", "for programs: mailbox, at, there, wrong, junk, strays"),
        ),
        see=("mails", "check", "restore"),
        no="something is missing, or a mailbox cannot be read",
    ),
}
