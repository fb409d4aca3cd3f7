"""Files and pictures of a mail: every name read back as it was meant, and only shown where the HTML shows it."""

from base64 import b64encode
from dataclasses import replace
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inbound.filenames import clean
from inbound.parse import attachment, parse
from outbound.file import File
from outbound.mime import assemble
from outbound.parts import attached, parameter
from outbound.render import Renderer, RenderError
from outbound.shown import shown
from tests.inbound.hostile_names import NAMES
from tests.outbound.test_render import FACTS, RENDERER, REPLY, STALE, parsed, part, put

PNG = File("screen shot.png", "image/png", b"\x89PNG\r\n\x1a\n" + bytes(100))
PDF = File("Plan für Mai.pdf", "application/pdf", b"%PDF-1.7\n" + bytes(range(256)))
HEADERS = [("Subject", ["x"])]


def structure(mail: EmailMessage) -> list[str]:
    return [part.get_content_type() for part in mail.walk()]


def made(*files: File) -> EmailMessage:
    return parsed(RENDERER.render(REPLY, replace(FACTS, files=files)))


def test_a_mail_without_files_is_an_alternative_alone() -> None:
    assert structure(made()) == ["multipart/alternative", "text/plain", "text/html"]


def test_a_file_goes_beside_the_words() -> None:
    mail = made(PDF)
    assert structure(mail) == ["multipart/mixed", "multipart/alternative", "text/plain", "text/html", "application/pdf"]
    [file] = mail.iter_attachments()
    assert (file.get_filename(), file.get_payload(decode=True)) == (PDF.name, PDF.data)


def test_a_picture_stands_in_the_html_under_an_id_of_its_own() -> None:
    mail = made(PDF, PNG)
    assert structure(mail) == [
        *("multipart/mixed", "multipart/alternative", "text/plain"),
        *("multipart/related", "text/html", "image/png", "application/pdf"),
    ]
    picture = next(one for one in mail.walk() if one.get_content_type() == "image/png")
    id_ = str(picture["Content-ID"])
    assert id_ == "<file-1.m1@example.com>"
    assert f'<img src="cid:{id_[1:-1]}" alt="screen shot.png"' in part(mail, "html")
    assert picture.get_payload(decode=True) == PNG.data
    assert str(picture["Content-Disposition"]) == 'inline; filename="screen shot.png"'


def test_a_mail_is_shown_before_it_leaves_with_its_pictures_in_it() -> None:
    data = f"data:image/png;base64,{b64encode(PNG.data).decode()}"
    page = shown(RENDERER.render(REPLY, replace(FACTS, files=(PDF, PNG))).raw)
    assert f'<img src="{data}" alt="screen shot.png"' in page
    assert "cid:" not in page
    assert shown(b"Subject: x\r\n\r\nWords\r\n") == ""


def test_words_that_look_like_a_picture_show_none() -> None:
    facts = replace(FACTS, text='<img src="cid:file-0"> and src="cid:logo.png"', files=(PDF,))
    assert structure(parsed(RENDERER.render(REPLY, facts)))[-1] == "application/pdf"


def test_a_template_shows_a_picture_that_lies_beside_it_or_one_for_all_mails(tmp_path: Path) -> None:
    html = '<img src="cid:logo.png" alt=""><img src="cid:logo.png"><img src="cid:own.gif">'
    put(tmp_path, "courseleaf/stale/body.html", html)
    put(tmp_path, "_base/logo.png", "for all")
    put(tmp_path, "courseleaf/stale/own.gif", "for this")
    mail = parsed(Renderer(tmp_path).render(STALE, FACTS))
    pictures = [part for part in mail.walk() if part.get_content_maintype() == "image"]
    assert [(p.get_filename(), p.get_payload(decode=True)) for p in pictures] == [
        ("logo.png", b"for all"),
        ("own.gif", b"for this"),
    ]


@pytest.mark.parametrize("name", ["gone.png", "page.svg", "body"])
def test_a_picture_that_is_missing_or_none_is_told_with_its_mend(tmp_path: Path, name: str) -> None:
    put(tmp_path, "courseleaf/stale/body.html", f'<img src="cid:{name}">')
    put(tmp_path, "_base/page.svg", "<svg/>")
    with pytest.raises(RenderError, match=f"courseleaf/stale/{name} is missing: add it"):
        Renderer(tmp_path).render(STALE, FACTS)


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=200).map(clean).filter(bool))
def test_every_name_is_read_back_by_others_and_by_us(name: str) -> None:
    raw = assemble(HEADERS, "<m@example.com>", "text", "html", files=[File(name, "text/plain", b"x")])
    assert max(map(len, raw.split(b"\r\n"))) <= 78
    assert raw.isascii()
    [file] = message_from_bytes(raw, EmailMessage, policy=default).iter_attachments()
    assert file.get_filename() == name
    assert [one.filename for one in parse(raw).attachments] == [name]


def test_sec_filename_corpus_no_name_breaks_a_header() -> None:
    for name in NAMES:
        head = attached(File(name, "text/plain", b"")).octets().partition(b"\r\n\r\n")[0]
        assert head.count(b"\n") == head.count(b"\r\n")
        names = [line.partition(b":")[0] for line in head.split(b"\r\n") if line[:1] != b" "]
        assert names == [b"Content-Type", b"Content-Disposition", b"Content-Transfer-Encoding"]


def test_a_long_name_is_cut_into_segments_that_break_no_character() -> None:
    words = parameter("filename", "é" * 30)
    assert words[0] == "filename*0*=utf-8''" + "%C3%A9" * 8 + ";"
    assert all(word.rstrip(";").count("%") % 2 == 0 for word in words)


@pytest.mark.parametrize("kind", ["message/rfc822", "multipart/mixed", "text/plain\r\nBcc: x", "", "TEXT"])
def test_a_type_that_must_not_be_encoded_or_is_none_becomes_bytes(kind: str) -> None:
    inner = b"Subject: inner\r\n\r\nwords\r\n"
    raw = assemble(HEADERS, "<m@example.com>", "text", "html", files=[File("a.eml", kind, inner)])
    assert parse(raw).attachments[0].content_type == "application/octet-stream"
    assert attachment(raw, 0) == inner


def test_the_boundaries_of_one_mail_are_different_and_in_no_content() -> None:
    raw = RENDERER.render(REPLY, replace(FACTS, files=(PNG, PDF))).raw
    inner = RENDERER.render(REPLY, replace(FACTS, files=(replace(PDF, data=raw),)))
    [file] = parsed(inner).iter_attachments()
    assert file.get_payload(decode=True) == raw


def test_a_clients_address_that_is_not_ascii_is_written_as_it_is(tmp_path: Path) -> None:
    raw = RENDERER.render(replace(REPLY, recipient=replace(REPLY.recipient, addr="änne@example.org")), FACTS).raw
    assert "\r\nTo: änne@example.org\r\n".encode() in raw
    assert raw.partition(b"\r\n\r\n")[2].isascii()
