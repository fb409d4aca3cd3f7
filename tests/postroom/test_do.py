"""`./do postroom`, called from another folder: that folder has the configuration, the key and the database, and the clone has none."""

import os
import subprocess
from pathlib import Path

from tests.postroom.installed import GOOD, install

ROOT = Path(__file__).parents[2]


def test_the_program_works_in_the_folder_where_do_was_called(tmp_path: Path) -> None:
    install(tmp_path, f'database = "sqlite:///do-was-called-here.db"\n{GOOD}')
    door = os.path.relpath(ROOT / "do", tmp_path)
    clean = {name: value for name, value in os.environ.items() if not name.startswith("POSTROOM_")}
    done = subprocess.run(
        [door, "postroom", "tickets"], cwd=tmp_path, env=clean, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    assert {"do-was-called-here.db", "postroom.key"} <= {path.name for path in tmp_path.iterdir()}
    assert not (ROOT / "do-was-called-here.db").exists()
