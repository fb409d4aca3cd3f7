"""A signature in HTML alone: the programs that write it name its element, and the text gets its mark (RFC 3676 §4.3)."""

import pytest

from inbound.markup import text
from inbound.quotes import split

QUOTE = (
    "<div>On Mon, Nov 2, 2026 at 9:15 AM Kim &lt;kim@example.com&gt; wrote:</div><blockquote>Which page?</blockquote>"
)
SIGNATURES = {
    "Gmail": '<br><span class="gmail_signature_prefix">-- </span><br><div dir="ltr" class="gmail_signature">Dana<br>Example College</div>',
    "Gmail, without its dashes": '<div class="gmail_signature" data-smartmail="gmail_signature">Dana<br>Example College</div>',
    "Apple Mail": '<div id="AppleMailSignature" dir="ltr">Dana<br>Example College</div>',
    "Outlook on the web": '<div id="Signature"><div>Dana</div><div>Example College</div></div>',
    "Outlook on a telephone": '<div id="ms-outlook-mobile-signature">Dana<br>Example College</div>',
    "Thunderbird": '<div class="moz-signature">-- <br>Dana<br>Example College</div>',
    "Proton": '<div class="protonmail_signature_block"><div>Dana</div><div>Example College</div></div>',
}


@pytest.mark.parametrize("name", SIGNATURES)
def test_a_signature_in_html(name: str) -> None:
    parts = split(text(f"<div>Page 4 is empty.</div>{SIGNATURES[name]}{QUOTE}"))
    assert parts.new.strip() == "Page 4 is empty."
    assert "Example College" in parts.signature
    assert "Which page?" in parts.quoted


def test_what_a_person_indents_is_no_quote() -> None:
    indented = '<blockquote style="margin:0 0 0 40px;border:none;padding:0px"><div>Page 4</div><blockquote>old</blockquote></blockquote>'
    assert text(f"<div>See:</div>{indented}<div>Thanks</div>") == "See:\n\nPage 4\n\n> old\n>\nThanks"
    cited = '<blockquote type="cite" style="border:none">old</blockquote>'
    outlook = '<blockquote style="border:none;border-left:solid #CCCCCC 1.0pt">old</blockquote>'
    assert text(cited) == text(outlook) == "> old\n>"
    assert text("</blockquote></blockquote>x<blockquote>y") == "x\n\n> y"


def test_a_mail_that_is_all_signature_is_new() -> None:
    assert split(text('<div id="Signature">Page 4 is empty.</div>')).new == "Page 4 is empty."


def test_words_about_a_signature_are_new() -> None:
    assert (
        split(text('<p>My class="gmail_signature" is wrong.</p><p class="signature-question">Why</p>')).signature == ""
    )


def test_a_signature_in_a_quote_stays_there() -> None:
    parts = split(
        text(f'<p>Yes.</p><blockquote>Old<div class="gmail_signature">Kim</div></blockquote><p>More.</p>{QUOTE}')
    )
    assert "Kim" in parts.quoted
    assert "More." in parts.new
