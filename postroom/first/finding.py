"""Finds the servers of an address and signs in to them, with a person to ask. It sends no mail, and touches none."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from postroom.cli import Refused
from postroom.first.asking import Asker
from postroom.first.candidates import IMAP, SMTP, Answers, Candidate, Protocol, candidates
from postroom.first.houses import House, Registered
from postroom.first.registering import registered, signed
from postroom.first.trying import Failed, SignIn, by_hand, greet_imap, greet_smtp, sign_in_imap, sign_in_smtp

Greet = Callable[[Candidate, str], bool]  # whether it lets people sign in


@dataclass(frozen=True, slots=True)
class Way:
    """Reading, or sending: how one signs in, and what to mend where nobody can be asked."""

    sign_in: Callable[[Candidate, SignIn, str], None]
    mend: str


READING = Way(sign_in_imap, "in: mend --user or --password-file")
SENDING = Way(sign_in_smtp, "in to send: mend --smtp, or leave out --yes")


@dataclass(frozen=True, slots=True)
class Finder:
    """`password` is the one of the file that was named on the command line, "" if none was. `house` takes the domain's mail."""

    asker: Asker
    domain: str
    answers: Answers
    ca_file: str
    password: str = ""
    house: House | None = None

    def server(self, protocol: Protocol, greet: Greet, *, again: bool = False) -> tuple[Candidate, bool]:
        """The first one that answers under a certificate for its name, and what `greet` says of it; else a person names it.

        `again`: what DNS and habit name has been tried, and will not do.
        """
        option = protocol.name.lower()
        by_itself = not again and option not in self.asker.given
        tried = candidates(protocol, self.domain, self.answers, self.house) if by_itself else []
        if by_itself and not tried:
            self.asker.say(f"  {self.domain} names no {protocol.name} server{self._why()}.")
        asker = Asker() if again else self.asker
        while True:
            words = f"{protocol.name} server (a name, or name:port)"
            tried = tried or asker.ask(option, words, None, partial(by_hand, protocol))
            for one in tried:
                found = self._greeted(one, greet)
                if found is not None and self._allowed(one):
                    return one, found
            if self.asker.silent:
                raise Refused(f"no {protocol.name} server can be used: name one with --{option}")
            tried, asker = [], Asker()  # what was given or found did not work: now a person says

    def imap(self, address: str) -> tuple[Candidate, SignIn]:
        """The server of the support mailbox, and its sign-in."""
        again = False
        while True:
            server, _ = self.server(IMAP, _greet_imap, again=again)
            if sign_in := self.sign_in(server, address, "support"):
                return server, sign_in
            again = True

    def sign_in(self, server: Candidate, address: str, role: str, like: SignIn | None = None) -> SignIn | None:
        """Asks until it works; None when there is to be another server. `like` was signed in there before."""
        user = self.asker.given.get("user", "") if role == "support" else ""
        user = user or self._user(server, role, address)
        tried = self._by_oauth(server, user, role, like)
        tried = tried or SignIn(user, self.password or self._password(user, "server"))
        return self._until_it_works(server, tried, READING, role)

    def smtp(self, like: SignIn) -> tuple[Candidate, SignIn]:
        """Its server, and the sign-in: as for reading, where that is taken; none, where none is wanted."""
        again = False
        while True:
            server, wanted = self.server(SMTP, greet_smtp, again=again)
            if not wanted:
                self.asker.say("  It takes mail without a sign-in.")
                return server, SignIn()
            if sign_in := self._until_it_works(server, like, SENDING, "smtp"):
                return server, sign_in
            again = True

    def _until_it_works(self, server: Candidate, tried: SignIn, way: Way, role: str) -> SignIn | None:
        """After a refusal the password is asked for again, as most expect: what they type then must not be shown."""
        while tried.password or tried.signed:
            if self._works(server, tried, way.sign_in):
                return tried
            if tried.signed and self.asker.confirm("Try again? First mend it there", default=True):
                continue
            if tried.signed:
                return None
            user = tried.user
            if self.asker.silent:
                raise Refused(f"{server.host} does not let {user} {way.mend}")
            password = self._password(user, "user")
            if not password:
                user = self._user(server, role, user)
                password = self._password(user, "server")
            tried = SignIn(user, password)
        return None

    def _user(self, server: Candidate, role: str, default: str) -> str:
        return self.asker.ask(f"{role}-user", f"User on {server.host}", default, _some)

    def _password(self, user: str, other: str) -> str:
        """An empty one asks for another of what `other` names."""
        return self.asker.secret(f"Password of {user} (not shown; empty: another {other})")

    def _greeted(self, one: Candidate, greet: Greet) -> bool | None:
        try:
            found = greet(one, self.ca_file)
        except Failed as error:
            self.asker.say(f"  {one}, {one.why}: {error}")
            if "certificate" in str(error) and not self.ca_file:
                self.asker.say(
                    "  (A server with certificates of your own: --ca-file names the authority's, in PEM form.)"
                )
            return None
        self.asker.say(f"  {one}, {one.why}: it answers{'' if one.tls == 'none' else ', its certificate is good'}")
        return found

    def _works(self, server: Candidate, tried: SignIn, sign_in: Callable[[Candidate, SignIn, str], None]) -> bool:
        try:
            sign_in(server, tried, self.ca_file)
        except Failed as error:
            self.asker.say(f"  {error}")
            return False
        self.asker.say(f"  {tried.user} is signed in.")
        return True

    def _allowed(self, one: Candidate) -> bool:
        """DNS answers are not signed here: a name in somebody else's domain gets no password unseen."""
        if not one.foreign:
            return True
        house = self._house(one)
        wish = "sign you in" if house and house.oauth and house.oauth.only else "have your password"
        return self.asker.confirm(
            f"  {one.host} is outside {self.domain}, and only DNS says that it is yours. May it {wish}?", default=None
        )

    def _by_oauth(self, server: Candidate, user: str, role: str, like: SignIn | None) -> SignIn | None:
        """Where the house has it, and the person wants it. What the house wants is told in any case."""
        house = self._house(server)
        if not house:
            return None
        self.asker.say(f"  {house.sign_in}.")
        if not house.oauth or self.password or self.asker.silent or not self._wanted(house.oauth):
            return None
        before = like.signed if like else None
        application = before.application if before else registered(self.asker, house.oauth, self.domain)
        found = signed(self.asker, house.oauth, application, role)
        return SignIn(user, signed=found) if found else None

    def _house(self, server: Candidate) -> House | None:
        """The known house, where the server is its own."""
        own = {host for host, _, _ in self.house.servers.values()} if self.house else set()
        return self.house if server.host in own else None

    def _wanted(self, oauth: Registered) -> bool:
        return self.asker.confirm(
            "Sign in by OAuth, with an application that you registered there?", default=oauth.only
        )

    def _why(self) -> str:
        return f" ({self.answers.trouble})" if self.answers.trouble else ""


def _greet_imap(one: Candidate, ca_file: str) -> bool:
    greet_imap(one, ca_file)
    return True


def _some(text: str) -> str:
    if not text or not text.isprintable():
        raise ValueError("it must not be empty")
    return text
