"""docs/promises.md: what is promised, and which tests prove it."""

from collections.abc import Iterator

HEAD = """\
# What is promised, and what proves it

Printed by `./do docs`. Every promise has tests that fail where it is broken: `./do test` runs them, against a real Dovecot, SMTP servers that misbehave, SQLite and PostgreSQL. A line below is the name of one,
behind its file in `tests/`. How a mail goes on when it is cut off anywhere: [the crash table](../ARCHITECTURE.md#when-it-is-cut-off).
"""
MAIL = {
    "every mail that the server holds ends as one visible row, and has one effect": (
        "walk/test_crash.py::killed_on_the_way_in_every_mail_has_one_ticket_and_one_answer",
        "walk/test_crash.py::kills_at_random_moments_lose_nothing_and_double_nothing",
        "walk/test_lost_database.py::a_commit_whose_answer_is_lost_is_looked_up_and_not_done_again",
        "simulation/test_simulation.py::whatever_fails_each_mail_has_one_effect_and_each_answer_goes_once",
    ),
    "an outgoing mail goes at least once, and twice only where nobody can tell; acknowledgements not even then": (
        "walk/test_crash.py::killed_on_the_way_out_no_acknowledgement_goes_twice_and_no_other_more_than_twice",
        "walk/test_bad_days.py::with_smtp_down_all_is_kept_and_goes_out_later_once",
    ),
    "a mail that cannot be read, or kills its process, is set aside, visible, and holds up no other": (
        "walk/test_crash.py::7_a_mail_that_kills_us_is_set_aside_after_three_tries_and_holds_up_no_other",
        "walk/test_bad_days.py::a_mail_that_we_fail_at_is_quarantined_with_the_reason_within_one_run",
    ),
    "a mailbox whose server is down, or lies, holds up no other": (
        "walk/test_bad_days.py::a_mailbox_that_cannot_be_read_is_tried_again_said_once_and_the_other_is_served",
        "walk/test_evil_servers.py::beside_a_mailbox_on_every_evil_server_the_honest_one_is_served",
    ),
    "after an old backup all mail is there, and nothing is answered twice": (
        "walk/test_restore.py::20_after_an_old_backup_all_mail_is_there_and_nothing_is_answered_twice",
    ),
    "an import mails nobody, whoever settles it, and may be cut off and run again": (
        "walk/test_import.py::old_mail_becomes_closed_conversations_and_new_mail_joins_them",
        "walk/test_import.py::it_may_be_run_again_and_goes_on_where_it_was_cut_off",
        "walk/test_import.py::beside_the_service_that_settles_it_and_new_mail_is_answered_as_ever",
    ),
    "what staff send from their own mail program is on its ticket, and nobody is written to because of it": (
        "walk/test_sent.py::it_is_the_answer_on_its_ticket_and_the_client_s_next_mail_finds_both",
        "walk/test_sent.py::what_is_no_word_of_ours_to_a_client_is_parked_and_keeps_no_other_copy_from_counting",
        "walk/test_sent.py::what_goes_out_to_clients_is_put_there_once_whatever_cuts_it_off",
    ),
    "the mail of whoever takes part in a ticket is never parked as spam": (
        "walk/test_spam.py::a_sender_that_is_blocked_is_parked_and_who_takes_part_is_not",
    ),
    "another program is told of each change at least once, and in the order of each ticket": (
        "walk/test_webhooks.py::what_is_not_taken_is_tried_again_under_the_same_id_and_later_ones_of_that_ticket_wait",
        "walk/test_webhooks.py::killed_before_it_is_noted_the_same_event_comes_again_and_no_other",
    ),
    "what another program asks for twice under one key is done once": (
        "walk/test_api.py::what_was_asked_for_twice_is_done_once",
        "walk/test_api_attacked.py::killed_amid_a_request_the_same_key_does_it_once",
    ),
    "a mailbox in trouble is one line in check and one alert, and stops no other": (
        "walk/test_bad_mailboxes.py::a_folder_that_vanished",
        "walk/test_bad_mailboxes.py::a_certificate_that_expired",
        "walk/test_bad_mailboxes.py::a_password_manager_that_is_locked",
        "walk/test_bad_mailboxes.py::a_quota_that_is_nearly_full",
        "walk/test_oauth.py::a_sign_in_that_ended_stops_its_own_mailbox_alone_and_is_in_the_digest_until_somebody_signs_in",
    ),
    "what the ledger lacks is found on the server, and named": (
        "walk/test_reconcile.py::a_mail_that_only_the_server_has_is_named_until_it_is_read",
    ),
}
PEOPLE = {
    "a guessed number, a Cc or a forged From shows nobody a ticket": (
        "classifier/test_joining.py::a_guessed_number_of_a_stranger_opens_a_new_ticket_that_staff_may_look_at",
        "walk/test_mail_in.py::a_stranger_with_our_token_is_seen_by_staff_and_hears_nothing",
        "walk/test_mail_in.py::a_forged_staff_address_with_a_command_changes_nothing",
    ),
    "what was said on a ticket is forgotten two years after it was closed, and never because one clock is wrong": (
        "store/test_retention.py::a_ticket_goes_on_its_day_and_none_that_is_open_waits_for_a_date_or_was_written_on_since",
        "store/test_retention.py::a_clock_that_is_wrong_makes_nothing_old",
        "walk/test_personal.py::p3_a_ticket_that_was_closed_two_years_ago_is_found_nowhere_and_a_reply_to_it_opens_another",
    ),
    "all that is known of a person can be exported and erased, and a backup does not bring it back": (
        "walk/test_personal.py::p1_p2_all_is_exported_and_then_found_nowhere",
        "walk/test_personal.py::p2_a_backup_that_is_put_back_does_not_bring_them_back",
    ),
    "the log has no word of a mail, and no address": (
        "walk/test_personal.py::p4_the_log_has_ids_and_no_word_of_a_mail_nor_an_address",
    ),
}
ROWS = (
    "walk/test_rows_courseleaf.py::every_way_into_a_status_and_out_of_it_holds",
    "walk/test_rows_service_desk.py::every_way_into_a_status_and_out_of_it_holds",
)
WORKFLOW = {
    "a machine's mail changes no status, no owner and no timer, and is never answered": (
        "workflow/test_decide_always.py::a_machines_mail_never_moves_a_ticket_nor_is_answered",
        "workflow/test_faults_of_moves.py::a_fault_is_told_with_its_line_and_its_mend",
        *ROWS,
    ),
    "but for a configured report, which does what its rule says": (
        "walk/test_mail_in.py::a_nightly_failure_opens_a_daily_sh_logs_ticket_and_its_repeat_joins_it",
        "walk/test_mail_in.py::a_report_by_its_rule_has_status_category_and_a_ticket_for_each_host",
    ),
    "but for the engineers' tracker, which does what the workflow says of its states": (
        "walk/test_tracker.py::a_signed_delivery_moves_the_ticket_once_and_its_client_hears",
        "walk/test_tracker.py::whatever_is_not_signed_fresh_and_readable_changes_nothing",
    ),
    "but for an out-of-office note with a return date, which holds the client's timer up until then": (
        "workflow/test_decide_mail.py::an_out_of_office_note_holds_the_timer_until_the_client_is_back",
        "workflow/test_decide_mail.py::a_timer_is_held_up_sixty_days_at_most_in_one_status",
        "walk/test_mail_in.py::an_absence_with_a_return_date_holds_up_the_clients_timer",
    ),
    "but for the bounce of a client's last address, which may make them unreachable": (
        "workflow/test_unreachable.py::a_bounce_that_leaves_an_address_moves_nothing",
        "walk/test_bounces.py::a_client_whom_no_mail_reaches_is_unreachable_silent_for_sixty_days_and_staff_hear_of_it_once",
    ),
    "but for a calendar's message, which moves an appointment": (
        "workflow/test_meeting.py::the_clients_calendar_answers",
        "walk/test_time.py::an_appointment_is_sent_to_the_clients_calendar_and_moved_by_it",
    ),
    "a client's reply reopens a closed ticket within the window, and later opens one that is linked to it": (
        "workflow/test_decide_mail.py::a_reply_to_a_closed_ticket_reopens_it_up_to_the_last_moment_of_the_window",
        "workflow/test_decide_mail.py::a_reply_after_the_window_opens_a_new_ticket_that_is_linked_to_the_old_one",
        *ROWS,
    ),
    "where the ticket was handed over, that team gets the client's reply, too": (
        "workflow/test_forward.py::a_clients_reply_goes_along_where_the_ticket_was_handed_over",
        "walk/test_hand_offs.py::a_ticket_that_was_handed_over_takes_the_clients_reply_along",
    ),
    "thanks alone are kept, reopen nothing, and say why": (
        "workflow/test_decide_mail.py::thanks_alone_never_reopens_a_ticket_nor_opens_another",
        "walk/test_mail_in.py::thanks_alone_does_not_reopen",
        "walk/test_rows_courseleaf.py::every_way_into_a_status_and_out_of_it_holds",
    ),
    "no timer runs while the ball is with us": (
        "workflow/test_faults_of_moves.py::a_fault_is_told_with_its_line_and_its_mend",
        "walk/test_time.py::a_client_who_does_not_answer_is_reminded_after_three_weeks_and_closed_two_days_later",
    ),
    "each change of status is an event: when, from where, to where, by whom or which rule, because of which mail": ROWS,
    "no mail goes to a machine, or to somebody who is absent and asked nothing": (
        "walk/test_mail_in.py::no_move_of_staff_or_timers_writes_to_a_machine_or_to_the_absent",
        "walk/test_floods.py::loop_two_bots_that_face_each_other_stop_by_themselves",
    ),
    "no change of status is told twice": (
        "store/test_tickets.py::applying_twice_is_applying_once",
        "walk/test_crash.py::killed_on_the_way_out_no_acknowledgement_goes_twice_and_no_other_more_than_twice",
        "walk/test_several_runs.py::a_run_that_freezes_is_taken_over_and_does_nothing_twice_when_it_wakes",
    ),
    "no mail is sent from inside the transaction that made the change": (
        "simulation/test_simulation.py::whatever_fails_each_mail_has_one_effect_and_each_answer_goes_once",
        "seeded/test_seeded_bugs.py::the_bug_is_caught",
    ),
    "a merge moves nothing, shows no client what is another's, and can be undone": (
        "walk/test_merging.py::merged_clients_hear_of_their_own_alone_and_both_tickets_come_apart_again",
        "walk/test_merging.py::an_undone_merge_gives_the_target_its_status_and_its_timer_back",
        "store/test_merging.py::merged_and_unmerged_in_any_order_all_tickets_are_exactly_as_they_were",
    ),
}
PAGES = {
    "every page and form is for whom the table of routes says, and for nobody else": (
        "dashboard/test_access.py::every_route_is_in_the_table",
        "dashboard/test_access.py::nobody_and_whoever_left_see_and_do_nothing",
        "dashboard/test_access.py::a_client_sees_their_own_request_and_nothing_of_others_or_of_the_desk",
        "dashboard/test_access.py::a_keeper_sees_administration_and_it_is_framed_by_itself_alone",
    ),
    "a report says the same whether its days were summed up before or are now": (
        "store/test_sheets.py::a_kept_sheet_says_what_the_rows_say",
        "store/test_sheets.py::a_sheet_of_late_is_made_again_and_one_of_a_wrong_clock_counts_for_nothing",
        "walk/test_reports.py::what_happened_to_a_ticket_is_in_the_reports_whoever_sums_it_up",
    ),
    "no cell of a file that a page gives is calculated by a spreadsheet": (
        "dashboard/test_table.py::no_cell_is_a_formula_and_all_cells_come_back",
    ),
    "administration shows no secret, wherever it is kept": (
        "postroom/test_office.py::no_secret_is_shown_and_that_it_is_set_is",
        "postroom/test_office.py::a_password_in_the_address_of_the_database_is_not_shown",
    ),
}
PROMISES = {"Of mail": MAIL, "Of people": PEOPLE, "Of every workflow": WORKFLOW, "Of pages": PAGES}


def text() -> str:
    return "\n".join(lines())


def lines() -> Iterator[str]:
    yield HEAD
    for title, promises in PROMISES.items():
        yield f"## {title}\n"
        for promise, tests in promises.items():
            yield f"{promise[0].upper()}{promise[1:]}:\n"
            yield from (f"- `{test.partition('::')[0]}`: {test.partition('::')[2].replace('_', ' ')}" for test in tests)
            yield ""
