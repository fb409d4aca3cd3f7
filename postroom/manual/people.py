"""The pages of the commands for people."""

from postroom.manual.page import Page

PAGES = {
    "people": Page(
        when="To let somebody in who waits: whoever a client copied in, and whoever is new here, hears nothing of a ticket, and their mails are for "
        "staff alone, until then. Or to add a colleague, and to take somebody out again. Who takes part gets a mail of their own of each answer of yours "
        "(tell_colleagues in the configuration). The requester stays who they are. Nobody is written to.",
        examples=(
            ("people 1042 add sam@client.example", "Sam's mails join the ticket, and are answered"),
            (
                "people 1042 add help@vendor.example --quiet",
                "the vendor's mails join the ticket; no answer of yours goes there",
            ),
            ("people 1042 remove sam@client.example --as kim@example.com", "Sam is a stranger to it again"),
        ),
        see=("person", "ticket", "reply"),
        no="there is no such ticket, the address is none, ours or the requester's, or it is so already; then nothing is changed",
    ),
    "person": Page(
        when="When a client writes from another address: whatever they may do with one of their addresses, they may with all. Their mails join their "
        "tickets, your answers go to the address that they wrote from last, and a ticket is unreachable only when all of them return your mail. "
        "The two addresses may both have been persons with several before: then all are one. No mail can do this; where somebody new answers with "
        "the ticket's token and a participant's name, the mail is marked with a hint. What your own people write from stands in [[staff]], as aliases. "
        "Who asks what you know of them gets an export: each row of the database, and each mail. Who wants to be forgotten is erased: what they wrote, what was "
        "written to them, and all that is on tickets that they opened, here and on the mail servers; numbers, dates and statuses of the tickets stay. What others "
        "quote of them on tickets of their own stays, too, without the address.",
        examples=(
            ("person ada@client.example add ada@home.example", "both are Ada's from now on"),
            ("person ada@home.example show", "all of Ada's addresses, who added each, and Ada's tickets"),
            ("person ada@client.example export ada", "all that is known of Ada, in a new folder"),
            ("person ada@client.example erase --yes", "all of it gone; without --yes, how much that would be"),
        ),
        see=("people", "requester", "ticket"),
        no="an address is none, ours or another team's, or it is so already, nothing is known of it, or a mail server cannot be reached; then nothing is changed here",
    ),
}
