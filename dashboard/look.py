"""Look: a mail as its writer saw it, as one page of HTML that loads nothing and runs nothing. Total: any bytes give a page.

An allow-list decides (nh3): no style, script, form, frame or object, and of pictures those that came in the mail itself
(reliability.md T09, T10). The page is shown in a box without rights, under a policy that would forbid the rest, too.
"""

from base64 import b64encode
from collections.abc import Mapping
from html import escape
from urllib.parse import unquote

import nh3

from inbound import bodies, tree
from inbound.excerpt import Excerpt
from inbound.limits import Limits
from inbound.message import Message
from inbound.parse import parse
from outbound.link import nobody_elses

PICTURES = 4 * 2**20  # octets of all pictures of one mail
_MAGIC = {b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg", b"GIF8": "image/gif"}
_TAGS = """
    a abbr b bdi bdo big blockquote br caption center cite code col colgroup dd del dfn div dl dt em figcaption figure
    font h1 h2 h3 h4 h5 h6 hr i img ins kbd li mark ol p pre q s samp small span strike strong sub sup table tbody td
    tfoot th thead tr tt u ul var wbr
"""
_EVERYWHERE = {"dir", "lang", "align", "valign", "width", "height", "colspan", "rowspan"}
_OF_TAG = {
    "a": {"href"},
    "img": {"src", "alt"},
    "ol": {"start"},
    "td": {"bgcolor"},
    "th": {"bgcolor"},
    "table": {"border"},
}
_LINKS = ("https://", "http://", "mailto:")  # shown, and followed by nobody: the frame has no right to
_FRAME = (
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>A mail</title><style>'
    "body{{margin:1rem;font:16px/1.5 system-ui,sans-serif;color:#1a1a1a;background:#fff;overflow-wrap:break-word}}"
    "pre{{white-space:pre-wrap;font:inherit}}img{{max-width:100%;height:auto}}table{{max-width:100%}}"
    "a{{pointer-events:none;color:inherit;text-decoration:underline dotted}}a[href^=http i]::after{{content:' ' attr(href);display:inline-block;max-width:20rem;overflow:hidden;"
    "text-overflow:ellipsis;white-space:nowrap;vertical-align:bottom;margin-left:.3em;color:#555;font-size:13px}}"
    "blockquote{{margin:.5rem 0;padding-left:1rem;border-left:3px solid #ccc}}"
    ".postroom-says{{margin:-1rem -1rem 1rem;padding:.5rem 1rem;background:#eee;font-size:14px}}"
    "</style></head><body>{says}{body}</body></html>"
)


def look(raw: bytes | Excerpt) -> str:
    """The page."""
    message = parse(raw)
    if not message.html.strip():
        return _page("", f"<pre>{escape(nobody_elses(message.text))}</pre>")
    pictures = _pictures(raw, message)
    cleaner = _Cleaner(pictures)
    body = cleaner.clean(nobody_elses(message.html))
    return _page(_says(cleaner.refused), body)


def _page(says: str, body: str) -> str:
    told = f'<p class="postroom-says">{escape(says)}</p>' if says else ""
    return _FRAME.format(says=told, body=body)


def _says(refused: int) -> str:
    if not refused:
        return ""
    pictures = "1 picture is" if refused == 1 else f"{refused} pictures are"
    return f"{pictures} not shown: nothing is fetched from elsewhere."


class _Cleaner:
    """Cleans one mail, and counts the pictures that it leaves out."""

    def __init__(self, pictures: Mapping[str, str]) -> None:
        self._pictures = pictures
        self.refused = 0

    def clean(self, html: str) -> str:
        return nh3.clean(
            html,
            tags=set(_TAGS.split()),
            attributes={"*": _EVERYWHERE, **_OF_TAG},
            attribute_filter=self._filter,
            set_tag_attribute_values={"a": {"tabindex": "-1"}},
            url_schemes={"https", "mailto", "cid", "data", "http"},  # the filter decides
        )

    def _filter(self, _tag: str, attribute: str, value: str) -> str | None:
        if attribute == "href":
            return value if value.lower().startswith(_LINKS) else None
        if attribute != "src":
            return value
        found = self._pictures.get(unquote(value[4:]).strip()) if value[:4].lower() == "cid:" else None
        self.refused += found is None
        return found


def _pictures(raw: bytes | Excerpt, message: Message) -> dict[str, str]:
    """By Content-ID, as data: addresses; kinds by their first octets, whatever they are said to be (RFC 2392)."""
    wanted = {one.content_id for one in message.attachments if one.content_id}
    if not wanted:
        return {}
    found: dict[str, str] = {}
    left = PICTURES
    for leaf in bodies.attached(bodies.leaves_of(tree.read(raw, Limits()).root)):
        kind = next((kind for magic, kind in _MAGIC.items() if leaf.data.startswith(magic)), "")
        if leaf.part.content_id in wanted and kind and len(leaf.data) <= left:
            left -= len(leaf.data)
            found.setdefault(leaf.part.content_id, f"data:{kind};base64,{b64encode(leaf.data).decode()}")
    return found
