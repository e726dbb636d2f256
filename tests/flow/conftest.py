"""The command under test: $FLOW_BIN, else the newest build."""
import os
import pathlib
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]


def binaries():
    if os.environ.get("FLOW_BIN"):
        return pathlib.Path(os.environ["FLOW_BIN"]).resolve()
    built = [p for p in (ROOT / "build/release/bin", ROOT / "build/asan/bin") if (p / "flowc").exists()]
    if not built:
        pytest.exit("flowc is not built: cmake --preset release && cmake --build --preset release", returncode=1)
    return built[0]


@pytest.fixture(scope="session")
def flowc():
    """Runs flowc with arguments; gives the finished process, its output as text."""
    binary = binaries() / "flowc"

    def run(*args, cwd=ROOT, env=None):
        return subprocess.run([binary, *map(str, args)], cwd=cwd, env=env, capture_output=True, text=True, timeout=20, check=False)

    return run
