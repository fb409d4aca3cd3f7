"""Lists: what the configuration has several of, staff, reports, rules, addresses, languages, is proved. It completes nothing."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from classifier.pattern import HOST
from classifier.phrases import fold
from classifier.recipients import owns
from postroom import rules, values
from postroom.ours import ours
from postroom.schedule import Schedule
from postroom.settings import LookSettings, RuleSettings, Settings, StaffSettings
from postroom.taking import Taker


@dataclass(frozen=True, slots=True)
class Lists(Taker):
    """Everything raises ConfigError."""

    settings: Settings

    def prove(self) -> None:
        s = self.settings
        self.each("staff[{}].address", (person.address for person in s.staff), values.address)
        people = [values.address(person.address).key for person in s.staff]
        self.once("staff[{}].address", people, "that address: name each person once")
        self.aliases(set(people))
        self.each("forms[{}]", s.forms, values.address)
        self.each("known_clients[{}]", s.known_clients, values.party)
        self.reports()
        self.forward()
        self.rules()
        self.spam()
        self.languages()

    def aliases(self, known: set[str]) -> None:
        """Other addresses of the team; each is one person's."""
        for index, person in enumerate(self.settings.staff):
            for place, alias in enumerate(person.aliases):
                key = f"staff[{index}].aliases[{place}]"
                who = self.take(key, alias, values.address).key
                if who in known:
                    raise self.source.refuse(key, alias, "somebody of the team has that address already")
                known.add(who)

    def forward(self) -> None:
        """Other teams' addresses; one of ours would bring everything back."""
        mine = ours(self.settings, ()).mailboxes
        for name, address in self.settings.forward.items():
            team = self.take(f"forward.{name}", address, values.address)
            if owns(mine, team.addr):
                raise self.source.refuse(f"forward.{name}", address, "that is a mailbox of ours: name another team's")

    def reports(self) -> None:
        given = self.settings.report
        self.once("report[{}].name", [report.name for report in given], "that name: give each a name of its own")
        for index, report in enumerate(given):
            key = f"report[{index}]"
            if not (report.sender or report.subject or report.header or report.host):
                raise self.source.missing(f"{key}.sender", "add it, a subject, a header or a host")
            if report.sender:
                self.take(f"{key}.sender", report.sender, values.party)
            self.take(f"{key}.category", report.category, partial(values.plain, empty=True))
            for name, pattern in (("subject", report.subject), ("header", report.header), ("host", report.host)):
                if pattern:
                    self.take(f"{key}.{name}", pattern, values.header if name == "header" else values.pattern)
            if sum(HOST in fold(one) for one in (report.subject, report.header, report.host)) > 1:
                raise self.source.refuse(
                    f"{key}.host", report.host or report.header, f"write {HOST} in one of its patterns"
                )

    def spam(self) -> None:
        self.each("spam_headers[{}]", self.settings.spam_headers, values.header)

    def rules(self) -> None:
        for index, rule in enumerate(self.settings.rule):
            self.take(f"rule[{index}].kind", rule.kind, rules.kind)
            self.fitting(f"rule[{index}]", rule)
        for index, look in enumerate(self.settings.first_look):
            self.fitting(f"first_look[{index}]", look)
            self.take(f"first_look[{index}].category", look.category, partial(values.plain, empty=True))

    def fitting(self, key: str, rule: RuleSettings | LookSettings) -> None:
        """Which mails a rule is for."""
        if not (rule.sender or rule.subject or rule.phrase):
            raise self.source.missing(f"{key}.sender", "add it, a subject or a phrase")
        if rule.sender:
            self.take(f"{key}.sender", rule.sender, values.party)
        self.take(f"{key}.name", rule.name, partial(values.plain, empty=True))
        self.take(f"{key}.subject", rule.subject, rules.words)
        self.take(f"{key}.phrase", rule.phrase, rules.words)

    def languages(self) -> None:
        self.take("language", self.settings.language, values.language)
        said = self.settings.answer_within
        for language, words in said.items() if not isinstance(said, str) else ():
            self.take(f"answer_within.{language}", language, values.language)
            self.take(f"answer_within.{language}", words, values.plain)

    def digests(self) -> Iterator[tuple[StaffSettings, Schedule]]:
        """Who gets a digest of the day, and when."""
        for index, person in enumerate(self.settings.staff):
            if person.digest:
                yield person, self.take(f"staff[{index}].digest", person.digest, Schedule.read)

    def weeks(self) -> Iterator[tuple[StaffSettings, Schedule]]:
        """Who gets one of the week, and when."""
        for index, person in enumerate(self.settings.staff):
            if person.weekly:
                yield person, self.take(f"staff[{index}].weekly", person.weekly, Schedule.read_weekly)
