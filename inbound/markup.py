"""Markup: what a reader sees of an HTML body, as lines. Never raises, linear: it builds no tree.

An HTML5 tree can be quadratic in its source: 23 KB of unclosed formatting take 290 MB. A mail's text needs none.
"""

import html
import re

_TAG = re.compile(r"<(?:!--|[!?]|(/?)([a-zA-Z][a-zA-Z0-9]{0,20}))")
_REST = re.compile(r"""[^>"']*+(?:"[^"]*+"[^>"']*+|'[^']*+'[^>"']*+)*+>""")
_LONGEST_TAG = 2000  # beyond it a tag ends at the next ">", whatever is quoted
_SPACE = re.compile(r"[ \t\r\n\f\xa0]+")
_HUGE_NUMBER = re.compile(r"&#0*[0-9]{8,};?")  # int() refuses more than 4,300 digits
_UNSEEN = {
    name: re.compile(rf"</{name}", re.IGNORECASE)
    for name in ("script", "style", "title", "textarea", "noscript", "template", "svg", "math", "object", "iframe")
}
_BLOCKS = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "br",
        "caption",
        "center",
        "dd",
        "details",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "html",
        "li",
        "main",
        "nav",
        "ol",
        "p",
        "pre",
        "section",
        "table",
        "tbody",
        "tfoot",
        "thead",
        "tr",
        "ul",
    ],
)
_APART = frozenset(
    ["blockquote", "h1", "h2", "h3", "h4", "h5", "h6", "ol", "p", "pre", "table", "ul"]
)  # with an empty line
_CELLS = frozenset(("td", "th"))
_DEEPEST = 10  # quotes shown as such
# What programs call the element that holds a signature: Gmail, Apple Mail, Thunderbird, Outlook on the web and on telephones, Proton.
_SIGNATURE = re.compile(
    r"""(?:class|id)\s?=\s?["']?(?:[\w-]{1,20} )?(?:x_)?(?:gmail_signature|AppleMailSignature|moz-signature|Signature|"""
    r"""ms-outlook-mobile-signature|protonmail_signature_block|zimbra_signature)(?=["' >])""",
)
_SIGNED = frozenset(("div", "pre", "span", "table", "p"))
_TOLD = _SIGNED | {"blockquote"}  # tags whose attributes are read
_LOOKED = 200  # characters of a tag
_MARK = "-- "  # RFC 3676 §4.3


class _Lines:
    """The lines so far. An empty line is kept once."""

    def __init__(self) -> None:
        self.done: list[str] = []
        self.current: list[str] = []
        self.depth = 0
        self.indents: list[bool] = []  # of the open blockquotes, whether each only indents
        self.verbatim = 0

    def text(self, source: str) -> None:
        if "&" in source:
            source = html.unescape(_HUGE_NUMBER.sub("\ufffd", source))
        if self.verbatim:
            head, *rest = source.replace("\r\n", "\n").split("\n")
            self.current.append(head)
            for line in rest:
                self.end()
                self.current.append(line)
        else:
            self.current.append(_SPACE.sub(" ", source))

    def end(self, *, apart: bool = False) -> bool:
        """Ends the line; `apart` leaves an empty one. Says whether the line held anything."""
        line = "".join(self.current)
        line = line.rstrip() if self.verbatim else _SPACE.sub(" ", line).strip()
        prefix = "> " * min(self.depth, _DEEPEST)
        self.current.clear()
        if line:
            self.done.append(prefix + line)
        if apart and self.done and self.done[-1].strip("> "):
            self.done.append(prefix.rstrip())
        return bool(line)

    def sign(self) -> None:
        """A signature begins: its mark, unless it stands there already."""
        self.end()
        prefix = "> " * min(self.depth, _DEEPEST)
        if self.done and self.done[-1].removeprefix(prefix) == "--":
            self.done.pop()
        if any(line.strip("> ") for line in self.done):
            self.done.append(prefix + _MARK)

    def quote(self, *, closes: bool, indents: bool) -> None:
        if not closes:
            self.indents.append(indents)
            self.depth += 0 if indents else 1
        elif self.indents and not self.indents.pop():
            self.depth -= 1

    def tag(self, name: str, *, closes: bool, indents: bool = False) -> None:
        if name in _CELLS:
            self.current.append(" ")
        if name not in _BLOCKS:
            return
        if not self.end(apart=name in _APART) and name == "br":
            self.end(apart=True)
        if name == "blockquote":
            self.quote(closes=closes, indents=indents)
        if name == "pre":
            self.verbatim = max(0, self.verbatim + (-1 if closes else 1))


def text(source: str) -> str:
    """The readable text: blocks as lines, quotes with "> ", no script, style or comment; a link is its text."""
    lines, position = _Lines(), 0
    while tag := _TAG.search(source, position):
        lines.text(source[position : tag.start()])
        name = (tag[2] or "").lower()
        position = _end(source, tag, name)
        if name and name not in _UNSEEN:
            attributes = source[tag.end() : min(position, tag.end() + _LOOKED)] if name in _TOLD and not tag[1] else ""
            lines.tag(name, closes=bool(tag[1]), indents=_indents(attributes))
            if name in _SIGNED and _SIGNATURE.search(attributes):
                lines.sign()
    lines.text(source[position:])
    lines.end()
    return "\n".join(lines.done).strip("\n")


def _indents(attributes: str) -> bool:
    """Gmail indents a person's own lines by a blockquote without a border; a quote has one, or a name."""
    told = "".join(attributes.lower().split())
    return "border:none" in told and not any(word in told for word in ("cite", "quote", "border-left"))


def _end(source: str, tag: re.Match[str], name: str) -> int:
    """Where what this tag opens is over: the tag itself, a comment, or an element that nobody sees."""
    if tag[0] == "<!--":
        return _after(source, "-->", tag.end())
    rest = _REST.match(source, tag.end(), tag.end() + _LONGEST_TAG)
    position = rest.end() if rest else _after(source, ">", tag.end())
    if name not in _UNSEEN or tag[1]:
        return position
    closing = _UNSEEN[name].search(source, position)
    return _after(source, ">", closing.end()) if closing else len(source)


def _after(source: str, mark: str, position: int) -> int:
    found = source.find(mark, position)
    return found + len(mark) if found >= 0 else len(source)
