"""docs/api.md: what other programs may ask for, from the description that the program itself serves."""

from collections.abc import Iterator

from dashboard.openapi import PROBLEMS, ROOT, document
from tests.documents.commands import safe

HEAD = f"""\
# For other programs

Printed from the program by `./do docs`. A shop, a CRM or a script of yours reads tickets, opens them, sets and answers them over HTTP, where `postroom run` serves its
[pages](configuration.md#web-pages). What it does is done in the name of one of your team, by the same rules as by mail, on the pages and on the command line: what the workflow refuses it
refuses here, and what a client is to hear of a change the client hears.

`GET {ROOT}/openapi.json` is the whole description in OpenAPI 3.1, for the tools that make a client from it.

## Signing in

Each program has a token of its own ([`postroom token`](commands.md)), sent as `Authorization: Bearer`. It is for some of three scopes: `read` (tickets, with all that was said, notes
included), `write` (statuses, assignments, notes; a status may have a mail to the client) and `reply` (words of its own to clients). It ends when its days are over, when it is revoked, and when
its owner leaves the configuration. `api_requests_minute` in `[web]` says how many requests a minute are taken from one token, by each process that serves pages.
After an old backup was put back ([running](running.md)) tokens are those of then: what was revoked since is good again, until it is revoked again.

    postroom token new shop --for kim@example.com --scopes read,write,reply

With the token in `$TOKEN` and the address of the pages in `$POSTROOM`:

```sh
curl -fsS -H "Authorization: Bearer $TOKEN" "$POSTROOM/api/v1/tickets?open=true&limit=20"
curl -fsS -H "Authorization: Bearer $TOKEN" "$POSTROOM/api/v1/tickets/1001"
curl -fsS -H "Authorization: Bearer $TOKEN" --json '{{"status": "Support Rep Working"}}' -X PUT "$POSTROOM/api/v1/tickets/1001/status"
curl -fsS -H "Authorization: Bearer $TOKEN" --json '{{"text": "It left today."}}' "$POSTROOM/api/v1/tickets/1001/replies"
curl -fsS -H "Authorization: Bearer $TOKEN" -H "Idempotency-Key: order-7" --json '{{"client": "Bo <bo@client.example>", "subject": "Order 7", "text": "It left today."}}' "$POSTROOM/api/v1/tickets"
```

## What there is

"""
TAIL = f"""\
A ticket has the words of `postroom ticket --json`, a list those of `postroom tickets --json`. A change answers with the ticket as it is then.

`If-Match` with the `ETag` under which a ticket was read keeps two from overwriting each other: where it has changed since, nothing is done. `Idempotency-Key`, a name of your own for a request,
keeps a request that is sent again, since its answer was lost, from being done twice; it is remembered for a day.

A program that answers each mail may have met another one that does so, too. When a client got 20 mails of words within an hour (`program_words_hour` in `[limits]`), whoever wrote them, what a program writes to them next is refused (409); people write on.

## Being told

A program that is to hear of a change when it happens gets a delivery, by `POST` to an address of its own:

```toml
[[webhook]]
name = "crm"
url = "https://crm.example.com/hooks/postroom"
secret_file = "crm.secret"  # made by: (umask 077; printf 'whsec_%s\\n' "$(openssl rand -base64 32)" > crm.secret)
events = ["ticket.opened", "ticket.moved"]  # and "ticket.changed": all three if not given
```

```json
{{"type": "ticket.moved", "timestamp": "2026-11-27T09:30:00Z", "data": {{"ticket": 1001, "status": "Problem Solved", "open": false, "by": "kim@example.com"}}}}
```

It is signed as [Standard Webhooks](https://www.standardwebhooks.com) say (`webhook-id`, `webhook-timestamp`, `webhook-signature`), and holds no word that anybody wrote: whoever may read those asks with
a token. `by` is an address, `mail:` and a number, `timer` or `command line`. Each event is written with the change that it tells of, so that none is lost; any answer of 2xx takes it. Else it is
sent again, under the same `webhook-id`, for three days: then it is given up, kept for a month, and sent again by `postroom webhook again NAME`. An answer that is lost can make an event come
twice: keep the ids. Of one ticket they come in order. A 410 gives an event up at once, `Retry-After` is heeded, a redirect is not followed.

Whoever takes it can make sure that it is ours, here in Python:

```python
import base64, hashlib, hmac, time


def genuine(secret, headers, body):
    \"\"\"`secret`: the line in crm.secret. `headers`: their names in lower case. `body`: its octets as they came.\"\"\"
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = b".".join([headers["webhook-id"].encode(), headers["webhook-timestamp"].encode(), body])
    right = b"v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest())
    fresh = abs(time.time() - int(headers["webhook-timestamp"])) < 300
    return fresh and any(hmac.compare_digest(right, one.encode()) for one in headers["webhook-signature"].split())
```

## What is refused

Whatever is refused has changed nothing. The answer is `application/problem+json` (RFC 9457), and its `detail` says why, and what would be possible.

| status | |
|---|---|
{chr(10).join(f"| {code} | {said} |" for code, said in PROBLEMS.items())}
"""


def text() -> str:
    return "\n".join((HEAD + "\n".join(_table()), "", TAIL))


def _table() -> Iterator[str]:
    yield "| | | what it takes | |\n|---|---|---|---|"
    for path, methods in document()["paths"].items():
        for method, operation in methods.items():
            if method != "parameters":
                yield f"| `{method.upper()}` | `{path}` | {_taken(operation)} | {safe(operation['summary'])} |"


def _taken(operation: dict[str, object]) -> str:
    """The names of its query, or of its body."""
    parameters: list[dict[str, str]] = operation.get("parameters", [])  # type: ignore[assignment]
    names = [one["name"] for one in parameters if one["in"] == "query"]
    body = operation.get("requestBody")
    if body:
        ref = body["content"]["application/json"]["schema"]["$ref"]  # type: ignore[index]
        schema = document()["components"]["schemas"][ref.rpartition("/")[2]]
        names = [name if name in schema["required"] else f"{name} (optional)" for name in schema["properties"]]
    return ", ".join(f"`{name.partition(' ')[0]}`{name.partition(' ')[1]}{name.partition(' ')[2]}" for name in names)
