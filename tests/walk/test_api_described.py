"""Whatever the description of the API allows, and what it does not, gets one of the answers that it names (schemathesis)."""

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.generation.case import Case

from dashboard.openapi import document
from tests.walk.lab import Lab, mail
from tests.walk.service import Service, once
from tests.walk.test_api import made
from tests.walk.test_web import WEB, browser

EVERY = [found.ok() for found in schemathesis.openapi.from_dict(document()).get_all_operations()]
OPERATIONS = {  # what takes nothing takes nothing wrong
    GenerationMode.POSITIVE: EVERY,
    GenerationMode.NEGATIVE: [one for one in EVERY if one.query or one.body or one.path_parameters],
}
EACH = 10  # requests to an address that it allows, and as many that it does not
QUICK = settings(
    max_examples=EACH,
    phases=[Phase.generate],
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
def test_every_answer_is_one_that_the_description_names(lab: Lab, mode: GenerationMode) -> None:
    lab.deliver(mail())
    once(lab)
    with Service(lab, POSTROOM_WEB__API_REQUESTS_MINUTE="1000000", **WEB) as running:
        base = f"http://127.0.0.1:{browser(running).port}"
        headers = {"Authorization": f"Bearer {made(lab, 'any', 'read,write,reply')}"}
        asked = []
        for operation in OPERATIONS[mode]:

            @QUICK
            @given(operation.as_strategy(generation_mode=mode))
            def answered(case: Case) -> None:
                asked.append(case.operation.label)
                case.call_and_validate(base_url=base, headers=headers)

            answered()
        assert len(set(asked)) > 1
        assert not running.said(" fault ")
