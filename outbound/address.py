"""What may stand between the angle brackets of MAIL and RCPT. Pure; it never repairs an address, it refuses it."""

import string

# RFC 5321 §4.5.3.1, in octets. A path holds the angle brackets, too.
LONGEST_LOCAL = 64
LONGEST_DOMAIN = 255
LONGEST_ADDRESS = 254
LONGEST_LABEL = 63

# RFC 5322 §3.2.3, and the dot anywhere: addresses such as a..b@ exist, and harm nobody.
ATEXT = frozenset(string.ascii_letters + string.digits + "!#$%&'*+-/=?^_`{|}~.")
LABEL = frozenset(string.ascii_letters + string.digits + "-_")
LITERAL = frozenset(string.hexdigits + ":.IPv")


def refusal(address: str) -> str:
    """Why an addr-spec (RFC 5321 §4.1.2) must not reach the wire; "" when it may.

    Non-ASCII letters pass (RFC 6531): whether the server takes them is another question.
    """
    reason = _refusal(address)
    return f"{address!a:.120}: {reason}" if reason else ""


def _refusal(address: str) -> str:
    local, at, domain = address.rpartition("@")
    if not at or not local or not domain:
        return "not an address of the form local@domain"
    if not address.isprintable():
        return "a control or invisible character in the address"
    if "<" in address or ">" in address:
        return "an angle bracket in the address"
    if too_long := _too_long(local, domain):
        return too_long
    if not _is_local(local):
        return "characters that must not stand before the @"
    return "" if _is_domain(domain) else "not a domain after the @"


def _too_long(local: str, domain: str) -> str:
    before, after = len(local.encode()), len(domain.encode())
    if before > LONGEST_LOCAL:
        return f"more than {LONGEST_LOCAL} octets before the @"
    if after > LONGEST_DOMAIN or before + 1 + after > LONGEST_ADDRESS:
        return f"more than {LONGEST_ADDRESS} octets"
    return ""


def _is_local(local: str) -> bool:
    if len(local) >= 2 and local[0] == local[-1] == '"':
        return _is_quoted(local[1:-1])
    return all(c in ATEXT or _is_letter(c) for c in local)


def _is_quoted(inner: str) -> bool:
    escaped = False
    for c in inner:
        if c == '"' and not escaped:
            return False
        escaped = c == "\\" and not escaped
    return not escaped


def _is_domain(domain: str) -> bool:
    if domain[0] == "[" and domain[-1] == "]":
        return len(domain) > 2 and all(c in LITERAL for c in domain[1:-1])
    return all(_is_label(label) for label in domain.split("."))


def _is_label(label: str) -> bool:
    return 0 < len(label) <= LONGEST_LABEL and all(c in LABEL or _is_letter(c) for c in label)


def _is_letter(c: str) -> bool:
    return not c.isascii() and not c.isspace()
