"""A verdict is the same in every process: the order of sets, which no two processes share, decides and names nothing."""

import os
import subprocess
import sys

PRINTED = """
from inbound.parse import parse
from tests.classifier.judging import fixtures, judge
from tests.classifier.test_absence import LATER, ROWS, mail
from tests.classifier.test_robots import rows
mails = [parse(path.read_bytes()) for path in fixtures()] + [parse(row.raw) for row in rows("robots.txt")]
mails += [mail(row.text, subject=row.subject) for row in (*ROWS, *LATER)]
for message in mails:
    verdict = judge(message)
    print(verdict.kind, verdict.because, verdict.no_answer, verdict.language, verdict.return_date, verdict.hints)
"""


def test_two_processes_judge_every_mail_alike_to_the_last_reason() -> None:
    seeds = ("1", "2")
    runs = [
        subprocess.Popen(
            (sys.executable, "-c", PRINTED),
            env=os.environ | {"PYTHONHASHSEED": seed},
            stdout=subprocess.PIPE,
            text=True,
        )
        for seed in seeds
    ]
    first, second = (run.communicate()[0].splitlines() for run in runs)
    assert [run.returncode for run in runs] == [0, 0]
    assert len(first) > 1000
    assert first == second
