"""The last line of ./test counts what CTest, pytest and lint wrote."""
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parent / "sum_results.py"
PYTEST = '<testsuites><testsuite><testcase name="a"/><testcase name="b"><failure>x</failure></testcase></testsuite></testsuites>'
CTEST = '<testsuite><testcase name="c" status="run"/><testcase name="d" status="fail"/><testcase name="e" status="notrun"/></testsuite>'


@pytest.mark.parametrize("files, last, status", [
    ({"p": PYTEST.replace("<failure>x</failure>", "")}, "2 passed, 0 failed", 0),
    ({"p": PYTEST}, "1 passed, 1 failed", 1),
    ({"p": PYTEST, "c": CTEST}, "2 passed, 2 failed, 1 skipped", 1),
    ({"p": PYTEST.replace("failure", "error")}, "1 passed, 1 failed", 1),
    ({}, "0 passed, 0 failed", 1),
])
def test_sum(tmp_path, files, last, status):
    for name, text in files.items():
        (tmp_path / f"{name}.xml").write_text(text)
    run = subprocess.run([sys.executable, SCRIPT, tmp_path], capture_output=True, text=True)
    assert (run.stdout.splitlines()[-1], run.returncode) == (last, status)
