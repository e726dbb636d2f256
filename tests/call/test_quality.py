"""Speech through the engine over a bad network, held against the bars of tests/bench/quality."""
import os
import subprocess

import pytest

from server import BIN, ROOT


@pytest.mark.load
def test_speech_survives_a_bad_network():
    run = subprocess.run([ROOT / "tests/bench/quality", "--few"], env=os.environ | {"CALLFLOW_BIN": str(BIN)}, capture_output=True, text=True, timeout=300)
    print(run.stdout, run.stderr)
    assert run.returncode == 0
