"""The book: every command's page, in the order in which people meet them. It says nothing of options."""

from postroom.manual import first_run, mail, people, programs, rest, service, tickets
from postroom.manual.page import Page

SECTIONS: dict[str, dict[str, Page]] = {
    "First run": first_run.PAGES,
    "The service": service.PAGES,
    "Tickets": tickets.PAGES,
    "People": people.PAGES,
    "Mail": mail.PAGES,
    "Other programs": programs.PAGES,
    "The rest": rest.PAGES,
}
BOOK = {path: page for pages in SECTIONS.values() for path, page in pages.items()}
