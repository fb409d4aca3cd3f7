"""Twelve bugs that help desks have really had, each as a change of our source, and the test that has to catch it. It changes nothing itself."""

from dataclasses import dataclass

SIMULATION = (
    "tests/simulation/test_simulation.py::test_whatever_fails_each_mail_has_one_effect_and_each_answer_goes_once"
)


@dataclass(frozen=True, slots=True)
class Bug:
    """`old` stands in `file` exactly once; `new` takes its place. `test` is a node id of pytest."""

    name: str
    file: str
    old: str
    new: str
    test: str


BUGS = (
    Bug(
        "mark before commit",
        "postroom/receiving.py",
        "        with self._write() as tx:\n            ids = incoming.keep(",
        "        self._file([mail.uid for mail in mails])\n"
        "        with self._write() as tx:\n            ids = incoming.keep(",
        f"{SIMULATION}[0]",
    ),
    Bug(
        "dedup by Message-ID only",
        "inbound/parse.py",
        'f"{message_id}\\n{author}\\n{said}\\n{digest}".encode()',
        "message_id.encode()",
        "tests/inbound/test_parse.py::test_another_mail_has_another_content_key",
    ),
    Bug(
        "deferred BEGIN",
        "store/sqlite.py",
        '"BEGIN IMMEDIATE" if asked.get(WRITES) else "BEGIN"',
        '"BEGIN"',
        "tests/store/test_sqlite.py::test_a_writer_takes_its_lock_at_the_start[sqlite]",
    ),
    Bug(
        "Seen as cursor",
        "inbound/imap.py",
        'self._search(f"UID {a}:{b}")',
        'self._search(f"UID {a}:{b} UNSEEN")',
        "tests/inbound/test_imap_real.py::test_a_mail_that_a_person_has_read_flagged_or_marked_deleted_is_still_new",
    ),
    Bug(
        "ignore UIDVALIDITY",
        "postroom/receiving.py",
        "        validity = self._mailbox.uidvalidity\n        if validity",
        "        validity = 1\n        if validity",
        f"{SIMULATION}[1]",
    ),
    Bug(
        "retry on unknown for acknowledgements",
        "outbound/retry.py",
        "Nature.ACKNOWLEDGEMENT: 0,",
        "Nature.ACKNOWLEDGEMENT: 1,",
        "tests/store/test_outgoing.py::test_an_acknowledgement_that_is_unsure_is_never_sent_again[sqlite]",
    ),
    Bug(
        "no HMAC check",
        "outbound/seal.py",
        "return (body, key_id) if good else None",
        "return (body, key_id)",
        "tests/outbound/test_token.py::test_any_single_changed_character_is_refused",
    ),
    Bug(
        "Authentication-Results of any server",
        "classifier/authentication.py",
        "if server in authserv_ids or (",
        "if server or (",
        "tests/classifier/test_authentication.py::test_another_servers_word_counts_for_nothing",
    ),
    Bug(
        "compare by ==",
        "outbound/seal.py",
        "good = hmac.compare_digest(mac, signed(secret, body, key_id, *bound))",
        "good = mac == signed(secret, body, key_id, *bound)",
        "tests/outbound/test_token.py::test_a_mac_is_compared_by_what_takes_the_same_time_for_every_text",
    ),
    Bug(
        "drop on parse error",
        "store/pending.py",
        ".values(state=MailState.QUARANTINED,",
        ".values(state=MailState.PARKED,",
        "tests/store/test_incoming.py"
        "::test_a_mail_that_was_never_finished_is_quarantined_after_three_tries_and_blocks_nobody[sqlite]",
    ),
    Bug(
        "EXPUNGE bare",
        "inbound/filing.py",
        "client.uid_expunge(part)",
        "client.expunge()",
        "tests/inbound/test_imap_filing.py::test_without_move_only_what_was_copied_is_expunged",
    ),
    Bug(
        "network in a transaction",
        "postroom/receiving.py",
        "        above = start.above if whole else max(start.above, last)\n        there =",
        "            above = start.above if whole else max(start.above, last)\n            there =",
        f"{SIMULATION}[2]",
    ),
)
