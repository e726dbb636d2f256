"""Flows with mistakes: `# error: TEXT` on a line says which error is due there, and no other may be reported."""
import json
import pathlib

import pytest

HERE = pathlib.Path(__file__).parent
FILES = sorted([*HERE.glob("broken/*.flow"), *HERE.glob("syntax/*.flow")])


def announced(path):
    """(line, the text that the message must hold) of each comment; what stands in a bracket explains and is not compared."""
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        for text in line.split("# error: ")[1:]:
            yield number, text.split("(")[0].strip()


@pytest.mark.parametrize("path", FILES, ids=lambda p: f"{p.parent.name}/{p.stem}")
def test_exactly_these_errors(flowc, path):
    result = flowc("check", "--json", path)
    found = [(d["line"], d["message"]) for d in json.loads(result.stdout)["diagnostics"] if d["severity"] == "error"]
    missing = list(announced(path))
    assert missing, f"{path.name} announces nothing"
    surplus = []
    for line, message in found:
        match = next((m for m in missing if m[0] == line and m[1] in message), None)
        if match:
            missing.remove(match)
        else:
            surplus.append((line, message))
    assert not missing and not surplus, f"not reported: {missing}; not announced: {surplus}"
    assert result.returncode == 1
