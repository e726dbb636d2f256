"""The command line: exit codes, forms of output, and what it writes."""
import json
import os
import shutil
import subprocess

import pytest

from conftest import ROOT

SAMPLES = ["default", "welcome", "reception", "support", "hunt", "company", "reject", "names", "anonymous", "queue"]
WRONG = 'flow a {\n    let = 3\n    hangup\n}\n'


@pytest.fixture
def wrong(tmp_path):
    path = tmp_path / "wrong.flow"
    path.write_text(WRONG)
    return path


def test_help_shows_commands_and_examples(flowc):
    result = flowc("--help")
    assert result.returncode == 0
    for word in ("check", "build", "dump", "fmt", "completion", "flowc check reception.flow", "Exit status"):
        assert word in result.stdout


def test_version(flowc):
    assert flowc("--version").stdout.startswith("flowc ")


@pytest.mark.parametrize("args", [[], ["no_such_command"], ["check"], ["check", "--no-such-option"], ["build"], ["build", "a", "b"],
                                  ["dump"], ["fmt"], ["completion", "tcsh"], ["check", "no_such_file.flow"], ["dump", "no_such_file.flowc"]])
def test_wrong_use_is_2(flowc, args):
    result = flowc(*args)
    assert result.returncode == 2
    assert result.stderr and not result.stdout


@pytest.mark.parametrize("name", SAMPLES)
def test_samples_are_well(flowc, name):
    result = flowc("check", f"flows/{name}.flow")
    assert (result.returncode, result.stdout) == (0, "")
    assert "error" not in result.stderr


def test_diagnostics_as_text(flowc, wrong):
    result = flowc("check", wrong.name, cwd=wrong.parent)
    assert result.returncode == 1
    assert result.stderr == ("wrong.flow:2:9: error: expected a name, not '='\n"
                             "    2 |     let = 3\n"
                             "      |         ^\n"
                             "1 error\n")


def test_diagnostics_as_json(flowc, wrong):
    result = flowc("check", "--json", wrong)
    report = json.loads(result.stdout)
    assert (report["errors"], report["warnings"]) == (1, 0)
    assert report["diagnostics"][0] == {"file": str(wrong), "line": 2, "column": 9, "end_line": 2, "end_column": 10,
                                        "severity": "error", "message": "expected a name, not '='", "notes": []}


def test_several_files(flowc, wrong):
    result = flowc("check", ROOT / "flows/welcome.flow", wrong)
    assert result.returncode == 1
    assert result.stderr.endswith("1 error\n")


def test_not_utf8(flowc, tmp_path):
    path = tmp_path / "latin.flow"
    path.write_bytes(b'flow a { say "\xe9" }')
    result = flowc("check", path)
    assert result.returncode != 0
    assert "UTF-8" in result.stderr


def test_build_writes_beside_the_source(flowc, tmp_path):
    path = tmp_path / "welcome.flow"
    shutil.copy(ROOT / "flows/welcome.flow", path)
    assert flowc("build", path).returncode == 0
    first = (tmp_path / "welcome.flowc").read_bytes()
    assert flowc("build", path, "-o", tmp_path / "again.flowc").returncode == 0
    assert (tmp_path / "again.flowc").read_bytes() == first, "the same source gives the same bytes"
    assert flowc("build", "--strip", path, "-o", tmp_path / "small.flowc").returncode == 0
    assert len((tmp_path / "small.flowc").read_bytes()) < len(first)


def test_build_of_mistakes_writes_nothing(flowc, wrong):
    assert flowc("build", wrong).returncode == 1
    assert os.listdir(wrong.parent) == ["wrong.flow"]


def test_dump_of_flow_and_image_agree(flowc, tmp_path):
    path = tmp_path / "welcome.flow"
    shutil.copy(ROOT / "flows/welcome.flow", path)
    assert flowc("build", path).returncode == 0
    of_flow, of_image = flowc("dump", path), flowc("dump", tmp_path / "welcome.flowc")
    assert of_flow.returncode == of_image.returncode == 0
    assert "welcome" in of_image.stdout and "menu" in of_image.stdout
    assert len(of_flow.stdout.splitlines()) == len(of_image.stdout.splitlines())


@pytest.mark.parametrize("cut", [0, 1, 10, 100])
def test_dump_of_a_damaged_image(flowc, tmp_path, cut):
    path = tmp_path / "a.flow"
    path.write_text("flow a { hangup }\n")
    image = tmp_path / "a.flowc"
    assert flowc("build", path).returncode == 0
    image.write_bytes(image.read_bytes()[:cut])
    result = flowc("dump", image)
    assert result.returncode == 2 and str(image) in result.stderr


def test_fmt_changes_the_file_once(flowc, tmp_path):
    path = tmp_path / "a.flow"
    path.write_text("flow a{hangup}\n")
    assert flowc("fmt", "--check", path).returncode == 1
    assert path.read_text() == "flow a{hangup}\n"
    assert flowc("fmt", "--stdout", path).stdout == "flow a { hangup }\n"
    assert flowc("fmt", path).returncode == 0
    assert path.read_text() == "flow a { hangup }\n"
    assert flowc("fmt", "--check", path).returncode == 0


def test_fmt_leaves_mistakes_alone(flowc, wrong):
    assert flowc("fmt", wrong).returncode == 1
    assert wrong.read_text() == WRONG


def test_completion_is_bash(flowc, tmp_path):
    script = tmp_path / "flowc.bash"
    script.write_text(flowc("completion", "bash").stdout)
    out = subprocess.run(["bash", "-c", f"source {script}; COMP_WORDS=(flowc ch); COMP_CWORD=1; _flowc; echo ${{COMPREPLY[@]}}"],
                         capture_output=True, text=True, timeout=10, check=True)
    assert out.stdout.strip() == "check"
