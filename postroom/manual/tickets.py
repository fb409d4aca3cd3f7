"""The pages of the commands for tickets."""

from postroom.manual.page import Page

PAGES = {
    "tickets": Page(
        when="To see what is open, whose turn it is, and since when. Filters may be combined: a ticket is listed where all of "
        "them hold. Without --json at most 200 are listed.",
        examples=(
            ("tickets --open --assigned nobody", "what nobody has taken yet"),
            ('tickets --status "Pending Client Feedback"', "by name or key, in any case"),
            ("tickets --search catalog --closed", "closed ones with that word in subject, requester or conversation"),
            ("tickets --json", "all, one object a line"),
        ),
        see=("ticket", "mails"),
        no="no status, mailbox or member of staff has that name; the line says which there are",
    ),
    "ticket": Page(
        when="To read a ticket before you act on it: how it came to its status, who said what, who may hear of it, and what "
        "happens next by itself.",
        examples=(
            ("ticket 1042", "for people"),
            ("ticket 1042 --save files", "its attachments, into the folder files; nothing there is overwritten"),
            ("ticket 1042 --json", "for programs, with the whole conversation"),
        ),
        see=("tickets", "set", "reply", "assign"),
        no="there is no such ticket, or its attachments cannot be written",
    ),
    "set": Page(
        when="When the ticket's state has changed and no mail says so. The client hears what the status says, or what you --say; "
        "--note is for the team alone. A status is named by its name or its key, in any case; moves that the workflow lacks are refused, "
        "with those that it has.",
        examples=(
            ('set 1042 "Pending Client Feedback"', "the usual mail; its timer runs"),
            ('set 1042 pending_client_feedback --say "Which browser is it?"', "your words instead of the usual mail"),
            (
                "set 1042 appointment_scheduled --until 2026-12-03T14:00",
                "a status with a date, in the team's time zone",
            ),
            ('set 1042 assessment --note "asks for a refund" --as kim@example.com', "with a note, as Kim"),
        ),
        see=("ticket", "reply", "assign"),
        no="there is no such ticket or status, or the workflow does not allow the move; then nothing is changed",
    ),
    "reopen": Page(
        when="When a client's reply left a ticket closed, since it only said thanks, and there is something to do about it all the same. The ticket goes where "
        "a client's reply leads, and the client hears what a reply brings. The notice of such a reply, and the digest, have the same as a link.",
        examples=(
            ("reopen 1042", "as if the client's thanks had asked for something"),
            ("reopen 1042 --as kim@example.com", "and the history says that Kim did it"),
        ),
        see=("ticket", "set"),
        no="there is no such ticket, or a client's reply leads nowhere from its status; then nothing is changed",
    ),
    "reply": Page(
        when="To write to the client of a ticket. The mail is yours, with your words alone, in the client's thread; the answer to it joins "
        "the ticket. The text is UTF-8 of at most 1 MiB. The status follows the workflow, which mostly lets it stay.",
        examples=(
            ("reply 1042 --file answer.txt --as kim@example.com", "signed with Kim's name"),
            ("reply 1042 --file answer.txt --attach plan.pdf --attach screen.png", "with two files"),
            ("reply 1042 --file -", "type the words, end with Ctrl-D"),
        ),
        see=("ticket", "new", "outbox"),
        no="the ticket has no client to write to, the words or files cannot be read, or the server does not take so large a "
        "mail; then nothing is sent",
    ),
    "new": Page(
        when="To write to a client who has not written, e.g. after a call. The client gets a mail with your words alone; what they answer "
        "joins the ticket.",
        examples=(
            ('new --for ada@client.example --subject "Your call" --file call.txt', "from the first support mailbox"),
            (
                'new --for "Ada Quill <ada@client.example>" --subject "Your move" --file - --as kim@example.com',
                "type the words, end with Ctrl-D; signed with Kim's name",
            ),
            (
                'new --for ada@client.example --subject "Plan" --file plan.txt --attach plan.pdf --mailbox help',
                "with a file, from the mailbox help",
            ),
        ),
        see=("reply", "ticket", "outbox"),
        no="the address is none or our own, the subject or the text is empty, or a file cannot be read; then no ticket is made",
    ),
    "assign": Page(
        when="To say who looks after a ticket. Who did it, and to whom it belonged before, stands in the conversation for the team. "
        "Only those whom the configuration names as staff can have one.",
        examples=(
            ("assign 1042 kim@example.com", "Kim has it"),
            ("assign 1042 lee@example.com --as kim@example.com", "Kim gives it to Lee"),
            ("assign 1042 --nobody", "it is free again"),
        ),
        see=("tickets", "ticket", "set"),
        no="there is no such ticket or member of staff, or it is theirs already",
    ),
    "requester": Page(
        when="When a colleague, or a client, has forwarded somebody else's mail: postroom ticket shows whom it is from. Answers and "
        "notices go to that address from now on, and its mails are the client's. Who forwarded it still takes part. The new requester "
        "sees what is written from now on, and what your answers quote.",
        examples=(
            ("requester 1042 ada@client.example", "it is Ada's request"),
            ('requester 1042 "Ada Quill <ada@client.example>" --as kim@example.com', "with her name; Kim said so"),
        ),
        see=("ticket", "reply", "new"),
        no="there is no such ticket, the address is none or our own, or it is theirs already; then nothing is changed",
    ),
    "merge": Page(
        when="When two tickets are about the same. The first keeps its number, conversation, people and status, and from now on "
        "leads to the second: its clients' mails, and what you do to it, move that one. Each client goes on in their own "
        "conversation, hears of a change of status there, and sees nothing of the other's. The second takes the higher of the "
        "two priorities; where the first waits for us, the second does what a client's reply does to it.",
        examples=(
            ("merge 1057 1042", "#1057 leads to #1042"),
            ("merge 1057 1042 --as kim@example.com", "and the history of both says that Kim did it"),
        ),
        see=("unmerge", "ticket"),
        no="there is no such ticket, the first is merged already (the line says by whom), they would lead to each other, "
        "or the second is closed for good; then nothing is changed",
    ),
    "unmerge": Page(
        when="When the two are not about the same after all. Both stand as they did before the merge, but for what others have changed "
        "since; mails that came meanwhile are where their own thread put them, and a reply among them does there what a reply does.",
        examples=(
            ("unmerge 1057", "#1057 is a ticket of its own again"),
            ("unmerge 1057 --as kim@example.com", "and the history of both says that Kim did it"),
        ),
        see=("merge", "ticket"),
        no="there is no such ticket, or it is not merged (the line says what happened to it last); then nothing is changed",
    ),
    "link": Page(
        when="When the engineers' tracker has an issue for what the client asked. A ticket may be linked to several issues, and an issue to several tickets. "
        "An issue that no other ticket is linked to is taken as cloned; [linked] in the workflow file says where its states lead. From then on the ticket follows what postroom "
        "linked, or the tracker's signed delivery, says of it. A merged ticket's link moves the one that it leads to.",
        examples=(
            ("link 1042 ENG-12", "by its key, in any case; in service-desk the ticket goes to Scoping with Team"),
            ("link 1042 https://git.example.com/acme/app/issues/12 --as kim@example.com", "by its page: acme/app#12"),
            ("link 1042 ENG-12 --remove", "it was another issue"),
        ),
        see=("linked", "ticket", "set"),
        no="there is no such ticket, that is no issue, or the ticket is linked to it already, or with --remove not at all; then nothing is changed",
    ),
    "linked": Page(
        when="When the engineers, or a job of theirs, say what has become of an issue. Every ticket that is linked to it moves as [linked] in its workflow says, and its "
        "client hears what the status says. A state that is not named there, or that cannot follow, is an entry on the ticket and in the digest. A state that the issue has already changes nothing. "
        "Trackers may say the same themselves, by a signed delivery to /hooks/linked (docs/configuration.md).",
        examples=(
            ("linked ENG-12 started", "in service-desk its tickets go to In Progress"),
            ('linked acme/app#12 "Done" --as kim@example.com', "in any case; In Progress is in_progress"),
        ),
        see=("link", "ticket", "digest"),
        no="no ticket is linked to that issue, or that is no issue or state; then nothing is changed",
    ),
    "language": Page(
        when="When a client is written to in the wrong language. As a rule nobody needs it: the language is the one of the client's own "
        "mails, and a short one does not change it. What is set here no mail changes. A notice that has no words in it goes out in English.",
        examples=(
            ("language 1042 de", "German from now on, whatever the client writes in"),
            ("language 1042 fr --as kim@example.com", "French, set by Kim"),
            ("language 1042 --theirs", "as the client's mails say again"),
        ),
        see=("ticket", "set", "reply"),
        no="there is no such ticket, or none of its mails can be written in that language: the refusal names those that there are",
    ),
}
