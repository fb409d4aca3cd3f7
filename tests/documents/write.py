"""`./do docs`: writes the documents that are printed from the program. The tests compare them with it."""

from pathlib import Path

from tests.documents import api, commands, kinds, man, metrics, promises, statuses

DOCS = Path(__file__).parents[2] / "docs"
PRINTED = {
    "api.md": api.text,
    "commands.md": commands.text,
    "kinds.md": kinds.text,
    "metrics.md": metrics.text,
    "postroom.1": man.text,
    "promises.md": promises.text,
    "statuses.md": statuses.text,
}

if __name__ == "__main__":
    for name, text in PRINTED.items():
        (DOCS / name).write_text(text(), "utf-8")
