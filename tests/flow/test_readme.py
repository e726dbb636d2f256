"""What the README and docs/ say of flowc is true: flows compile, commands and options exist, what is shown is what is printed."""
import re
import shutil

import pytest

from conftest import ROOT

PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
COMMAND = re.compile(r"(?:^|[`(|;]) *flowc +((?:--)?[a-z][\w-]*)([^`#|\n)]*)", re.M)


def named():
    """(page, command, options) of each `flowc …` in code."""
    for page in PAGES:
        text = page.read_text()
        code = re.findall(r"`+[^`]+`+", text) + re.findall(r"^    .*$", text, re.M)
        for piece in code:
            for command, rest in COMMAND.findall(piece.strip()):
                yield page.name, command, tuple(re.findall(r"(?<![\w-])(--[\w-]+|-[a-z])\b", rest))


def flow_of_readme(tmp_path):
    text = re.search(r"```flow\n(.*?)```", (ROOT / "README.md").read_text(), re.S)[1]
    name = re.search(r"^flow (\w+)", text, re.M)[1]
    path = tmp_path / f"{name}.flow"
    path.write_text(text)
    return path


def test_first_flow_compiles(flowc, tmp_path):
    path = flow_of_readme(tmp_path)
    assert len(path.read_text().splitlines()) <= 12, "a first flow is short"
    assert (flowc("check", path).returncode, flowc("check", path).stderr) == (0, "")
    assert flowc("fmt", "--check", path).returncode == 0
    assert flowc("build", path).returncode == 0


def test_commands_of_readme_as_written(flowc, tmp_path):
    """Its lines that begin with flowc, run where the flow was saved."""
    flow_of_readme(tmp_path)
    lines = re.findall(r"^    flowc (.*?)(?:  +#.*)?$", (ROOT / "README.md").read_text(), re.M)
    assert lines
    for line in lines:
        result = flowc(*line.split(), cwd=tmp_path)
        assert result.returncode == 0, f"flowc {line}: {result.stderr}"


@pytest.mark.parametrize("page, command, options", sorted(set(named())), ids=lambda v: " ".join(v) if isinstance(v, tuple) else v)
def test_commands_and_options_exist(flowc, page, command, options):
    assert re.search(rf"(^ |[ ,]){re.escape(command)}\b", flowc("--help").stdout, re.M), page
    if command.startswith("-"):
        return
    helped = flowc(command, "--help")
    assert helped.returncode == 0
    for option in options:
        assert re.search(rf"(^|[ ,]){re.escape(option)}\b", helped.stdout, re.M), f"{page}: flowc {command} {option}"


def test_every_command_is_in_its_page(flowc):
    commands = re.findall(r"^  (\w+) +\S", flowc("--help").stdout.split("Commands:")[1].split("Examples:")[0], re.M)
    page = (ROOT / "docs/flowc.md").read_text()
    assert [c for c in commands if f"`flowc {c}" not in page] == []


def test_language_in_short_compiles(flowc, tmp_path):
    text = re.search(r"```\n(use .*?)```", (ROOT / "docs/language.md").read_text(), re.S)[1]
    shutil.copy(ROOT / "flows/company.flow", tmp_path)
    (tmp_path / "reception.flow").write_text(text)
    assert flowc("check", tmp_path / "reception.flow").returncode == 0


def test_picture_is_what_is_drawn(flowc, tmp_path):
    shown = re.search(r"```mermaid\n(.*?)```", (ROOT / "docs/flowc.md").read_text(), re.S)[1]
    assert flowc("graph", "--mermaid", flow_of_readme(tmp_path)).stdout == shown
