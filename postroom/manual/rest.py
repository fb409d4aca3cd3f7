"""The pages of the other commands."""

from postroom.manual.page import Page

PAGES = {
    "workflow": Page(
        when="When your team writes a workflow of its own, or wants to see the one that it has.",
        examples=(
            ("workflow lint our-team.toml", "every fault, with its line"),
            ("workflow chart courseleaf", "which status leads to which"),
        ),
        see=("workflow lint", "workflow chart", "check"),
        no="the workflow has a fault, or there is none of that name",
    ),
    "workflow lint": Page(
        when="After each change of a workflow file, before the service is started with it.",
        examples=(
            ("workflow lint our-team.toml", "a file of yours"),
            ("workflow lint service-desk", "one that ships"),
        ),
        see=("workflow chart", "check"),
        no="there is a fault, or no such workflow",
    ),
    "workflow chart": Page(
        when="For the team's handbook: the picture is drawn from the file, so it is never out of date.",
        examples=(
            ("workflow chart service-desk", "Mermaid text, which forges show as a picture"),
            ("workflow chart our-team.toml --svg > our-team.svg", "a picture"),
        ),
        see=("workflow lint", "set"),
        no="the workflow has a fault, or there is none of that name",
    ),
    "templates": Page(
        when="When your team writes mails of its own, or wants to read the ones that it has.",
        examples=(
            ("templates preview", "every notice, and what is wrong with it"),
            ("templates preview stale", "the words of one"),
        ),
        see=("templates preview", "workflow lint"),
        no="a template has a fault, or there is no such workflow",
    ),
    "templates preview": Page(
        when="After each change of a template: every notice is made as it could be sent, in each of its languages, and proved. Nothing in it is "
        "undefined, text and HTML have the same words and links, the subject is short, no line is too long, and no language is there by half. "
        "Without a NOTICE one line tells of each; with one its mails are printed. Where --language is given, all notices must be told in it.",
        examples=(
            ("templates preview", "all of them, one line each"),
            ("templates preview stale --language de", "one, in German, as text"),
            (
                "templates preview --workflow service-desk --html mails.html",
                "a page with all mails, to look at in a browser",
            ),
        ),
        see=("workflow lint", "check"),
        no="a notice has a fault, each told in one line; or there is no such workflow or notice",
    ),
    "completion": Page(
        when="Once a shell: then Tab completes commands and options, and for set, tickets and assign what this configuration and "
        "this database know.",
        examples=(
            (
                "completion bash > ~/.local/share/bash-completion/completions/postroom",
                "for bash, from the next start on",
            ),
            ("completion zsh > ~/.zfunc/_postroom", "for zsh, where .zshrc has fpath+=~/.zfunc before compinit"),
        ),
        see=("set", "tickets"),
        no="standard output cannot be written",
    ),
}
