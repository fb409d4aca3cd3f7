"""A certificate for the scripted servers of this room's tests."""

import pytest

from tests.servers.certificate import Certificate, make_certificate, missing


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    if reason := missing():
        pytest.skip(reason)
    return make_certificate(tmp_path_factory.mktemp("tls"))
