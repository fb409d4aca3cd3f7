"""The pages of the commands for mail that comes and mail that leaves."""

from postroom.manual.page import Page

PAGES = {
    "mails": Page(
        when='To answer "where is my mail?": every mail that was ever fetched is here, with what it was taken for and why. '
        "The last line is the sum. Without --json at most 200 are listed.",
        examples=(
            ("mails --state quarantined", "what could not be read, with the reason"),
            ("mails --kind out_of_office", "what was taken for an out-of-office note"),
            ("mails --ticket 1042", "what came to one ticket"),
            ("mails --raw m17 > m17.eml", "the bytes as they came"),
        ),
        see=("ticket", "retry", "classify"),
        no="there is no such state, kind or mail",
    ),
    "outbox": Page(
        when="To see whether an answer has left, and what the mail server said. Without --json at most 200 are listed.",
        examples=(
            ("outbox --state dead", "what no server will take, with its last answer"),
            ("outbox --ticket 1042", "what the client of one ticket was sent"),
            ("outbox --json", "all, one object a line"),
        ),
        see=("retry", "mails", "ticket"),
        no="there is no such state",
    ),
    "retry": Page(
        when="When what was wrong is mended: the mail that could not be read is read again; the mail that could not be sent goes "
        "again with the same bytes, or is written again where it could not be written. An acknowledgement that may have arrived is never sent twice.",
        examples=(
            ("retry m17", "a quarantined mail, as postroom mails names it"),
            ("retry o17", "an outgoing mail, as postroom outbox names it"),
        ),
        see=("mails", "outbox"),
        no="there is no such mail, or it needs no retry",
    ),
    "classify": Page(
        when="To see what postroom would take mails for, without a server, a database or a configuration. With a configuration it knows "
        "which addresses are yours. It keeps nothing and answers nothing. Of an mbox each mail is judged by itself. --explain tells all evidence for and against, the rules that would have "
        "held behind the one that won, and the one change that would have changed the verdict, judged again without each single thing. What a "
        "person's mail seems to say (deploy, go ahead, solved, yes) stands there as a hint with its words, and a forwarded mail with whom it claims "
        "to be from; neither changes anything.",
        examples=(
            ("classify mail.eml", "the kind, whether it may be answered, and why"),
            (
                "classify --json *.eml",
                "one object a line; `return_date`, `substitute`, `bounce` and `calendar` hold what such a mail says",
            ),
            (
                "mails --raw m17 | postroom classify --explain -",
                "from standard input: a page with all evidence, and what would have changed it",
            ),
            ("classify --cases", "each mail that staff have corrected: is it judged right by now?"),
        ),
        see=("mails", "correct", "preview"),
        no="a file could not be read, and the others are judged; or a case is judged otherwise than staff say",
    ),
    "correct": Page(
        when="When a mail was taken for something else than it is. KIND is person, or a machine's: auto_reply, bounce, bulk, calendar, notification, "
        "out_of_office, receipt or spam. Its ticket is put right, unless others have moved it since: it gets the status that the workflow has for such a mail, and the history says who "
        "corrected what. What was parked may open a ticket. Nobody is written to, unless --answer asks for it; a machine never is. The mail is a "
        "case from then on. A rule that would do is shown, never added. What was said in error is undone by saying what it was.",
        examples=(
            ("correct m17 person --as kim@example.com", "a person wrote it: the ticket is a person's from now on"),
            ("correct m17 person --answer", "the same, and the client gets the usual first answer"),
            ("correct m19 person --remember", "and mail of its sender is never taken for spam again"),
            ("correct m18 out_of_office --note 'no header at all'", "an absence note that was taken for a request"),
        ),
        see=("mails", "classify", "ticket"),
        no="there is no such mail, it is ours or staff's, or that cannot be said of it",
    ),
    "import": Page(
        when="Once, when postroom takes over a mailbox that has years of mail in it, so that old conversations are found and answers to them join. A SOURCE is what preview takes; name all of them at once, for a mail joins what came before it. "
        "Each mail is judged by its own day, conversations are threaded, and a ticket on which nothing had been written for 14 days is closed. What lies in a Sent folder is your answer on its ticket, or opens one for the client that it went to. Nobody is written to. It shows what "
        "would become of the last mails, and asks. What is there already is left out, so it may be run again, and goes on where it was cut off; so is what came into a mailbox since postroom run reads it, for that is answered. Do it while the service runs, so that no mail comes between the two: it settles them, the oldest first, and new mail before them. Who answers meanwhile to a conversation that is not settled yet gets a ticket of their own: merge the two.",
        examples=(
            ("import support support:Sent", "the mailbox itself, by its name, and what was answered from it"),
            ("import archive.mbox", "an mbox file"),
            (
                "import Maildir Maildir/.Archive --since 2026-01-01",
                "a Maildir and one below it, of this year",
            ),
            ("import old/ --mailbox support --yes", "a folder of .eml files, without a question"),
        ),
        see=("preview", "tickets", "init"),
        no="there is nothing to import, or something could not be read; then the rest is imported all the same",
    ),
    "sender": Page(
        when="When the mail of somebody, or of a whole domain, is spam and no filter says so, or a filter takes a client's mail for spam. Spam is parked: kept, counted in the "
        "digest, on no ticket. An address counts before its domain, and @DOMAIN is that domain alone, none below it. Whoever takes part in a ticket is never blocked on "
        "it, nor is one of you; but a mail whose From a trusted server calls forged is none of theirs, whoever is allowed. Behind a web form the person counts. What was parked "
        "before stays there: postroom correct makes a ticket of it.",
        examples=(
            ("sender", "of whom something was said, by whom and when"),
            ("sender offers@shop.example block", "mail of that address is spam"),
            ("sender @client.example allow", "no filter parks mail of that domain"),
            ("sender offers@shop.example forget", "it is judged as any other again"),
        ),
        see=("correct", "mails"),
        no="it is neither an address nor a domain, it is one of yours, or nothing was said of it",
    ),
    "subscription": Page(
        when="Every mail that goes out by itself, again and again, can be stopped by its reader with one click: digests, what staff chose to hear of, and "
        "what clients hear of a new status. Here one sees who has done that, and does it for them, or undoes it: status is a client's, the other "
        "series are staff's. What waits in the outbox for them is not sent, and says so. Answers, questions to a client, and what a person writes always go out.",
        examples=(
            ("subscription", "who is off what, since when, and who said so"),
            ("subscription ada@client.example off status", "Ada hears no more of a new status by itself"),
            ("subscription kim@example.com on digest --as lee@example.com", "Kim gets the digest again; Lee said so"),
        ),
        see=("outbox", "digest"),
        no="the address is none, or not of the staff, or decides on escalations",
    ),
    "preview": Page(
        when="Before a first run, after a change of rules or workflow, or to convince a colleague: the last mails of a mailbox (by its name, "
        "address or role in the configuration), of an mbox, a Maildir, .eml files or folders of them go through the whole program in a scratch database, "
        "each by the clock of its own day. It says which tickets they would open or join, in which status, and which mails would go out. It cannot send, mark, move or keep "
        "anything: what it works with has no server, no password and no database of yours; a mailbox is opened with EXAMINE. Files need no configuration.",
        examples=(
            (
                "preview support:Processed",
                "the last 200 mails of a mailbox, in its folder Processed; without it, in the one that is read",
            ),
            ("preview --last 50 inbox.mbox Maildir mail.eml", "files and folders, one row in time"),
            ("preview support --html preview.html", "one page that needs nothing else; what to check stands on top"),
            ("preview --json support", "one object a mail"),
        ),
        see=("classify", "init"),
        no="something could not be looked at, and is named; the rest is shown",
    ),
}
