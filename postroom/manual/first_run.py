"""The pages of the commands for a first run."""

from postroom.manual.page import Page

PAGES = {
    "demo": Page(
        when="To see what postroom does before it knows a server of yours. Everything lives in one temporary folder, "
        "which the next demo clears; no mail leaves the machine.",
        examples=(
            ("demo", "watch the samples, then write mails of your own on the page that it names; Ctrl-C ends it"),
            ("demo --once", "the samples alone, printed once"),
            ('demo send "My page stays white"', "from another terminal, into the running demo"),
        ),
        see=("demo send", "init"),
        no="a sample mail is neither on a ticket nor filed, or no demo could be started",
    ),
    "demo send": Page(
        when="While postroom demo runs in another terminal, to see what becomes of a mail of yours.",
        examples=(
            ('demo send "My page stays white"', "a new request"),
            ('demo send "Nobody answers!" --to escalate@demo.test', "an escalation"),
            ('demo send "It is Firefox." --subject "Re: A question [#1001]"', "a reply to a ticket"),
        ),
        see=("demo",),
        no="no demo runs, or its server did not take the mail",
    ),
    "init": Page(
        when="Once, before the first start, with the address of your support mailbox at hand, and at Microsoft a registered application (docs/providers.md). It finds the servers, tries them, writes "
        "postroom.toml where there is none yet, and shows what would happen with your latest mails; it moves and sends nothing.",
        examples=(
            ("init", "asks; Enter takes what stands in brackets"),
            (
                "init --yes --address support@example.com --password-file mail.password --staff kim@example.com",
                "asks nothing, e.g. in a script",
            ),
            ("--config /etc/postroom/postroom.toml init", "another place for the configuration"),
        ),
        see=("check", "run", "demo"),
        no="a server cannot be reached or refuses, or the file is there already; then nothing is written",
    ),
    "check": Page(
        when="Before the first start, after each change of the configuration, and in monitoring. It signs in to every "
        "server, moves nothing and changes no ticket; with --send it also proves that a reply finds its way back. Run it as the user that runs the service: where there is none yet, it "
        "makes the database and the key.",
        examples=(
            ("check", "a line for each thing that is proved"),
            ("check --send", "the same, and one mail to each mailbox: which reply_token to write"),
            ("check --json", "the same for programs: check, ok, detail"),
            ("--config /etc/postroom/postroom.toml check", "another configuration"),
        ),
        see=("init", "run", "workflow lint"),
        no="something does not hold; its line begins with FAILED",
    ),
    "sign-in": Page(
        when="Once for each [oauth.NAME] of the configuration (docs/providers.md), and again when check says so. It shows an address to open: sign in there as the "
        "mailbox. What is given is kept in a file beside the configuration, for its owner alone, and renewed by itself. For an application nobody signs in: "
        "it is asked whether it is let in.",
        examples=(
            ("sign-in", "the only one that there is"),
            ("sign-in google --paste", "on a server, with the browser on your desk"),
        ),
        see=("check", "init"),
        no="the sign-in was refused, or nobody came in ten minutes; then what was kept is as it was",
    ),
}
