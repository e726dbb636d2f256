"""The author's tools: pictures, the manual, a first flow, completion, layout."""
import json
import os
import re
import shutil
import subprocess
import xml.etree.ElementTree as ET

import pytest

from conftest import ROOT

SAMPLES = sorted((ROOT / "flows").glob("*.flow"))
FLOWS = [p for p in SAMPLES if "\nflow " in p.read_text()]  # the others are modules
SVG = "{http://www.w3.org/2000/svg}"


def names(paths):
    return [p.stem for p in paths]


# ---- graph ----

@pytest.fixture
def drawn(flowc, tmp_path):
    """The nodes {id: what stands on it} and edges [(from, to, label, style)] of a flow's text, as DOT says them."""
    def draw(text):
        path = tmp_path / "drawn.flow"
        path.write_text(text)
        result = flowc("graph", "--dot", path)
        assert result.returncode == 0, result.stderr
        plain = lambda html: re.sub(r"<[^>]*>", " ", html).strip()
        nodes = {m[1]: re.sub(r" +", " ", plain(m[2])) for m in re.finditer(r"^ *(n\d+) \[.*label=<(.*?)>(?:, ordering=out)?\];$", result.stdout, re.M)}
        edges = [(nodes[m[1]], nodes[m[2]], plain((re.search("label=<(.*?) >", m[3]) or ["", ""])[1]), "dashed" in m[3])
                 for m in re.finditer(r"^ *(n\d+) -> (n\d+) \[(.*)\];$", result.stdout, re.M)]
        return nodes, edges
    return draw


GRAPHS = [
    ("an action and the end", 'answer', [("a", "answer", "", False), ("answer", "end", "", False)]),
    ("nothing after what never comes back", 'hangup', [("a", "hangup", "", False)]),
    ("outcomes", 'bridge "ann" { on ended { hangup } on busy, declined { answer } else { pause 1s } }',
     [("a", "bridge ann", "", False), ("bridge ann", "hangup", "ended", False), ("bridge ann", "answer", "busy, declined", False),
      ("bridge ann", "pause 1s", "otherwise", False), ("answer", "end", "", False), ("pause 1s", "end", "", False)]),
    ("what no clause names goes on", 'voicemail "v" { on full, failed { answer } }',
     [("a", "voicemail v", "", False), ("voicemail v", "answer", "full, failed", False), ("answer", "end", "", False),
      ("voicemail v", "end", "left, empty", False)]),
    ("two outcomes to one place are one edge", 'mailbox "v" { on denied { } }',
     [("a", "mailbox v", "", False), ("mailbox v", "end", "denied, done", False)]),
    ("a condition without its not", 'if not call.dialed.has_voicemail { answer }',
     [("a", "call.dialed.has_voicemail ?", "", False), ("call.dialed.has_voicemail ?", "answer", "no", False),
      ("answer", "end", "", False), ("call.dialed.has_voicemail ?", "end", "yes", False)]),
    ("a menu", 'menu "M" { "1" { answer } "2" { again } on timeout { say "S" } on gave_up { hangup } }',
     [("a", "menu “M”", "", False), ("menu “M”", "answer", "press 1", False), ("menu “M”", "menu “M”", "press 2", True),
      ("menu “M”", "say “S”", "timeout", False), ("say “S”", "menu “M”", "", True), ("menu “M”", "hangup", "gave up", False),
      ("answer", "end", "", False)]),
    ("a loop that is left", 'repeat 2 { pause 1s; if call.from == "" { break } }',
     [("a", "repeat 2 times", "", False), ("repeat 2 times", "pause 1s", "each time", False), ("pause 1s", 'call.from == "" ?', "", False),
      ('call.from == "" ?', "repeat 2 times", "no", True), ('call.from == "" ?', "end", "yes", False),
      ("repeat 2 times", "end", "after the last", False)]),
    ("match", 'match call.from { "1", "2" { hangup } else { answer } }',
     [("a", "call.from ?", "", False), ("call.from ?", "hangup", "1, 2", False), ("call.from ?", "answer", "otherwise", False),
      ("answer", "end", "", False)]),
    ("another flow", 'continue with b', [("a", "continue with b", "", False)]),
    ("the caller hangs up", 'answer\non hangup { log "x" }',
     [("a", "answer", "", False), ("answer", "end", "", False), ("the caller hangs up", "log x", "", False)]),
]


@pytest.mark.parametrize("body, want", [row[1:] for row in GRAPHS], ids=[row[0] for row in GRAPHS])
def test_graph(drawn, body, want):
    _, edges = drawn("flow a {\n" + body + "\n}\n")
    assert sorted(edges) == sorted(want)


def test_graph_of_functions(drawn):
    nodes, edges = drawn('flow a {\n    f(1) { on x { } on y { hangup } }\n    g()\n}\n'
                         'fn f(n: int) -> x | y {\n    if n > 0 { return x }\n    return y\n}\nfn g() { f(2) { else { } } }\nfn never() { answer }\n')
    assert ("f 1", "g", "x", False) in edges and ("f 1", "hangup", "y", False) in edges
    assert ("n &gt; 0 ?", "x", "yes", False) in edges
    assert "never" not in nodes.values(), "a function that nobody calls is not part of the picture"


@pytest.mark.parametrize("path", SAMPLES, ids=names(SAMPLES))
def test_pictures_of_samples(flowc, tmp_path, path):
    picture = tmp_path / "a.svg"
    result = flowc("graph", path, "-o", picture)
    assert (result.returncode, result.stderr) == (0, "")
    texts = [t.text for t in ET.parse(picture).iter(SVG + "text")]
    actions = {"bridge", "mailbox", "say"} & set(texts)
    assert actions
    mermaid = flowc("graph", "--mermaid", path).stdout
    assert mermaid.startswith("flowchart TD\n") and all(action in mermaid for action in actions)


def test_a_picture_goes_beside_the_flow(flowc, tmp_path):
    shutil.copy(ROOT / "flows/welcome.flow", tmp_path)
    assert flowc("graph", tmp_path / "welcome.flow").stdout == f"{tmp_path}/welcome.svg\n"
    assert flowc("graph", tmp_path / "welcome.flow", "-o", "-").stdout == (tmp_path / "welcome.svg").read_text()


def test_without_graphviz(flowc, tmp_path):
    result = flowc("graph", "flows/welcome.flow", "-o", tmp_path / "a.svg", env={**os.environ, "PATH": str(tmp_path)})
    assert result.returncode == 2
    assert "install the package graphviz" in result.stderr and "--mermaid" in result.stderr


def test_no_picture_of_mistakes(flowc, tmp_path):
    (tmp_path / "a.flow").write_text("flow a { let }\n")
    result = flowc("graph", tmp_path / "a.flow")
    assert result.returncode == 1 and "error" in result.stderr
    assert os.listdir(tmp_path) == ["a.flow"]


# ---- doc ----

@pytest.fixture(scope="session")
def manual(flowc):
    return json.loads(flowc("doc", "--json").stdout)


def test_doc_lists_all(flowc, manual):
    listed = [line.split()[0] for line in flowc("doc").stdout.splitlines() if line.startswith("  ") and line[2] != " "]
    assert listed == [page["name"] for page in manual]
    assert listed == re.findall(r"^## (\w+)", (ROOT / "docs/actions.md").read_text(), re.M)


def test_doc_of_one(flowc):
    page = flowc("doc", "bridge").stdout
    for part in ("ring ", "20s", "Arguments", "Outcomes", "must be handled", "Example", 'bridge "ann", ring: 20s {'):
        assert part in page
    assert max(map(len, page.splitlines())) <= 80


def test_doc_hides_what_no_author_writes(flowc, manual):
    pages = {page["name"]: page for page in manual}
    assert "choices" not in [a["label"] for a in pages["menu"]["arguments"]]
    assert "chosen" not in [o["name"] for o in pages["menu"]["outcomes"]]
    assert "The compiler's" not in flowc("doc", "bridge").stdout


def test_doc_pages(flowc, manual):
    assert flowc("doc", "--all").stdout.count("\nExample\n") == len(manual)
    assert [page["name"] for page in json.loads(flowc("doc", "--json", "say", "hangup").stdout)] == ["say", "hangup"]


def test_doc_did_you_mean(flowc):
    result = flowc("doc", "brigde")
    assert (result.returncode, result.stdout) == (2, "")
    assert "did you mean 'bridge'?" in result.stderr
    assert "did you mean" not in flowc("doc", "quite_different").stderr


def test_examples_compile(flowc, tmp_path, manual):
    path = tmp_path / "example.flow"
    for page in manual:
        body = page["example"].replace("\n", "\n    ").rstrip()
        path.write_text(f'permit fetch "https://api.example"\n\nflow example {{\n    {body}\n}}\n')
        result = flowc("check", path)
        assert result.returncode == 0, result.stderr
        assert flowc("fmt", "--check", path).returncode == 0, body


# ---- new ----

def test_new(flowc, tmp_path):
    assert flowc("new", "front_door", cwd=tmp_path).stdout == "front_door.flow\n"
    path = tmp_path / "front_door.flow"
    assert (flowc("check", path).returncode, flowc("check", path).stderr) == (0, "")
    assert flowc("fmt", "--check", path).returncode == 0
    assert "3 passed, 0 failed" in flowc("test", path).stdout


def test_new_overwrites_nothing(flowc, tmp_path):
    path = tmp_path / "a.flow"
    path.write_text("mine")
    result = flowc("new", path)
    assert result.returncode == 2 and "already" in result.stderr
    assert path.read_text() == "mine"


@pytest.mark.parametrize("name", ["", "Door", "2nd", "flow", "a-b", "_a", "é", "a" * 65])
def test_new_needs_a_name(flowc, tmp_path, name):
    result = flowc("new", name, cwd=tmp_path)
    assert result.returncode == 2 and "cannot name a flow" in result.stderr
    assert not os.listdir(tmp_path)


# ---- completion ----

@pytest.fixture(scope="session")
def commands(flowc):
    return re.findall(r"^  (\w+) +\S", flowc("--help").stdout.split("Commands:")[1].split("Examples:")[0], re.M)


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_is_a_script(flowc, tmp_path, shell, commands):
    script = tmp_path / shell
    script.write_text(flowc("completion", shell).stdout)
    result = subprocess.run([shell, "-n", script], capture_output=True, text=True, timeout=20, check=False)
    assert (result.returncode, result.stderr) == (0, "")
    for command in commands:
        options = re.findall(r"^  (?:-., |    )--([\w-]+)", flowc(command, "--help").stdout, re.M)
        assert "help" in options
        for option in options:
            if option not in ("help", "usage", "version"):
                assert re.search(rf"(--|-l ){option}\b", script.read_text()), f"{command} --{option}"


def test_completion_of_fish(flowc, tmp_path, commands):
    script = tmp_path / "a.fish"
    asked = ["flowc ", "flowc doc bri", "flowc fmt --ch", "flowc check w"]
    script.write_text(flowc("completion", "fish").stdout + f"cd {ROOT}/flows\n"
                      + "".join(f"echo '== {a}'; complete -C '{a}'\n" for a in asked))
    out = subprocess.run(["fish", script], capture_output=True, text=True, timeout=20, check=True,
                         env={**os.environ, "HOME": str(tmp_path)}).stdout
    answers = [part.split("\n", 1)[1].split("\n") for part in out.split("== ")[1:]]
    words = [[line.split("\t")[0] for line in answer if line] for answer in answers]
    assert set(commands) <= set(words[0])
    assert words[1] == ["bridge"] and words[2] == ["--check"] and words[3] == ["welcome.flow"]


# ---- fmt ----

@pytest.mark.parametrize("path", SAMPLES, ids=names(SAMPLES))
def test_samples_are_laid_out(flowc, path):
    assert (flowc("fmt", "--check", path).returncode, flowc("fmt", "--stdout", path).stdout) == (0, path.read_text())


def squeezed(text):
    return re.sub(r"^[ \t]+", "", text, flags=re.M)


def stretched(text):
    return re.sub(r"^([ \t]*)", r"\1   ", re.sub(r"\n", "\n\n", text), flags=re.M).replace("{ ", "{    ")


@pytest.mark.parametrize("change", [squeezed, stretched])
@pytest.mark.parametrize("path", FLOWS, ids=names(FLOWS))
def test_layout_changes_no_program(flowc, tmp_path, path, change):
    """The image, without what names lines, is the same whatever the layout was."""
    for sample in SAMPLES:
        shutil.copy(sample, tmp_path)
    assert flowc("build", "--strip", path, "-o", tmp_path / "want").returncode == 0
    flow = tmp_path / path.name
    flow.write_text(change(path.read_text()))
    assert flowc("fmt", flow).returncode == 0
    assert flowc("fmt", "--check", flow).returncode == 0
    assert flowc("build", "--strip", flow, "-o", tmp_path / "got").returncode == 0
    assert (tmp_path / "got").read_bytes() == (tmp_path / "want").read_bytes()
