"""The lint rules fire: each row is a tree with one defect, and exactly that finding is reported."""
import json
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

import limits  # noqa: E402
import lint  # noqa: E402
import project  # noqa: E402
import tidy  # noqa: E402

PARAMETERS = ", ".join(f"int p{n}" for n in range(6))
CALLBACKS = "int (*a)(int, int), int b, int c, int d, int e"

# rule, path, text, line of the finding (None: no finding)
ROWS = [
    ("includes", "vm/base/a.c", '#include "vm/run/vm.h"\n', 1),
    ("includes", "compiler/lex.c", '\n#include "vm/run/vm.h"\n', 2),
    ("includes", "compiler/lex.c", '#include "lex.h"\n', 1),
    ("includes", "sipfront/loop/timer.c", '#include "vm/run/clock.h"\n', None),
    ("includes", "sipfront/loop/timer.c", '#include "vm/run/vm.h"\n', 1),
    ("includes", "sipfront/sip/agent.c", '#include "sipfront/call/call.h"\n', 1),
    ("includes", "sipfront/call/call.c", '#include "vm/run/vm.h"\n', None),
    ("includes", "sipfront/flowd.c", '#include "vm/run/vm.h"\n', None),
    ("includes", "sipfront/media/rtp.c", "#include <sofia-sip/su.h>\n", 1),
    ("includes", "sipfront/call/cdr.c", "#include <sqlite3.h>\n", 1),
    ("includes", "sipfront/directory/directory.c", "#include <sqlite3.h>\n", None),
    ("includes", "stdlib/fetch.c", "#include <sys/socket.h>\n", 1),
    ("function-length", "vm/base/a.c", "int f(void)\n{\n" + "    f();\n" * 58 + "}\n" + "int g(void)\n{\n}\n" * 30, 1),
    ("function-length", "vm/base/a.c", "int f(void)\n{\n" + "    f();\n" * 37 + "}\n", None),
    ("function-length", "vm/base/a.c", "int f(void)\n{\n" + "    f();\n" * 38 + "}\n", 1),
    ("function-length", "vm/run/vm.c", "int f(void)\n{\n}\n" * 30 + "int vm_run(void)\n{\n" + "    f();\n" * 90 + "}\n", None),
    ("parameters", "vm/base/a.c", f"int f({PARAMETERS})\n{{\n}}\n", 1),
    ("parameters", "vm/base/a.c", f"int f({CALLBACKS})\n{{\n}}\n", None),
    ("parameters", "sipfront/sip/agent.c", f"void f(nua_event_t kind, {PARAMETERS})\n{{\n}}\n", None),
    ("file-length", "vm/base/a.c", "\n" * 501, 501),
    ("file-length", "vm/base/a.c", "\n" * 500, None),
    ("file-length", "vm/base/a.h", "\n" * 151, 151),
    ("prefixes", "sipfront/sip/leg.c", "\nint sip_leg(void)\n{\n}\n", 2),
    ("prefixes", "sipfront/sip/leg.c", "int leg_sip(void)\n{\n}\n", None),
    ("top-level", "helpers/a.c", "", 1),
    ("top-level", "vm/base/a.c", "", None),
    ("clang-format", "vm/base/a.c", "\nint  a;\n", 2),
    ("clang-format", "vm/base/a.c", "int a;\n", None),
]


def write(root, path, text):
    target = root / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text)


@pytest.fixture
def tree(tmp_path):
    """A small project that has no findings."""
    for path in ("vm/base/str.h", "vm/run/vm.h", "vm/run/clock.h", "sipfront/call/call.h"):
        write(tmp_path, path, "")
    for name in (".clang-format", ".clang-tidy"):
        write(tmp_path, name, (HERE.parents[1] / name).read_text())
    return tmp_path


@pytest.mark.parametrize("rule, path, text, line", ROWS, ids=[f"{row[0]}-{n}" for n, row in enumerate(ROWS)])
def test_rule(tree, rule, path, text, line):
    write(tree, path, text)
    done = [found for name, found, _ in lint.run_rules(tree, None, rule)]
    lines = [finding.line for finding in done[0]]
    assert lines == ([] if line is None else [line]), done


def repository(root, subject):
    run = lambda *arguments: subprocess.run(["git", "-C", str(root), *arguments], check=True, capture_output=True)
    run("init", "-q")
    run("-c", "user.name=t", "-c", "user.email=t@example.org", "commit", "-q", "--allow-empty", "-m", subject)


@pytest.mark.parametrize("subject, clean", [
    ("vm: run until the flow waits", True),
    ("vm, isa: one table of opcodes", True),
    ("fixed things", False),
    ("vm: " + "x" * 57, False),
])
def test_commit_subject(tmp_path, subject, clean):
    repository(tmp_path, subject)
    assert (not list(project.commit_subjects(tmp_path, []))) == clean


def test_generated_docs(tmp_path, monkeypatch):
    monkeypatch.setattr(project, "GENERATED", {"docs/a.md": ["echo", "fresh"]})
    write(tmp_path, "docs/a.md", "fresh\n")
    assert not list(project.generated_docs(tmp_path, []))
    write(tmp_path, "docs/a.md", "old\n")
    assert [f.path for f in project.generated_docs(tmp_path, [])] == ["docs/a.md"]


def tidy_findings(tree, text):
    write(tree, "vm/base/a.c", text)
    source = str(tree / "vm/base/a.c")
    entry = {"directory": str(tree / "build"), "file": source, "output": "a.o", "command": f"cc -c {source}"}
    write(tree, "build/compile_commands.json", json.dumps([entry]))
    return list(tidy.clang_tidy(tree, ["vm/base/a.c"], tree / "build"))


def test_clang_tidy(tree):
    bad = "int f(int *p);\nint f(int *p)\n{\n    p = 0;\n    return *p;\n}\n"
    assert [f.line for f in tidy_findings(tree, bad)] == [5]
    assert [f.line for f in tidy_findings(tree, bad)] == [5], "a file with findings is looked at again"
    assert not tidy_findings(tree, bad.replace("    p = 0;\n", ""))
    assert len(list((tree / "build/tidy").iterdir())) == 1, "a clean file leaves one stamp"


def test_functions_are_seen(tree):
    write(tree, "vm/base/a.c", "static int\nf(void)\n{\n    return 1;\n}\n")
    assert [tag["name"] for tag in limits.functions(tree, ["vm/base/a.c"])] == ["f"]
