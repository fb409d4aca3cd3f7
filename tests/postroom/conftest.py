"""Folders for the tests of the shell."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that every user of the machine can pass into; pytest's own are closed to them."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    if any(not parent.stat().st_mode & 0o001 for parent in folder.resolve().parents):
        pytest.skip("the folder for temporary files is closed to other users")
    yield folder
    shutil.rmtree(folder)
