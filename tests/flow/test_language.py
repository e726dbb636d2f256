"""How prompts are said: the language of numbers, dates and times; names."""
import json


def mistakes(flowc, path):
    return [(d["line"], d["message"]) for d in json.loads(flowc("check", "--json", path).stdout)["diagnostics"]
            if d["severity"] == "error"]


def test_a_flow_speaks_german(flowc, tmp_path):
    path = tmp_path / "a.flow"
    path.write_text('language "de"\nflow a {\n    say "Sie sind Nummer {number(21)}."\n}\n\n'
                    'test "said" {\n    hear "einundzwanzig"\n    expect ended\n}\n')
    result = flowc("test", path)
    assert result.returncode == 0, result.stdout
    assert flowc("fmt", "--check", path).returncode == 0


def test_a_used_file_speaks_as_the_flow_does(flowc, tmp_path):
    (tmp_path / "lib.flow").write_text('language "de"\nfn count(n: int) { say number(n) }\n')
    path = tmp_path / "a.flow"
    path.write_text('use "lib.flow"\nflow a { count(2) }\n')
    assert mistakes(flowc, path) == [(1, 'this file speaks "de", the flow that uses it "en"')]
    path.write_text('use "lib.flow"\nlanguage "de"\nflow a { count(2) }\ntest "t" { hear "zwei"; expect ended }\n')
    assert mistakes(flowc, path) == []
    assert flowc("test", path).returncode == 0


def test_an_unknown_language_is_one_mistake(flowc, tmp_path):
    path = tmp_path / "a.flow"
    path.write_text('language "tlh"\nflow a { say number(2) }\n')
    assert mistakes(flowc, path) == [(1, 'there is no language "tlh"')]
    assert "there are: de, en" in flowc("check", path).stderr + flowc("check", path).stdout


def test_one_language_a_file(flowc, tmp_path):
    path = tmp_path / "a.flow"
    path.write_text('language "de"\nlanguage "en"\nflow a { let language = 2; say number(language) }\n')
    assert mistakes(flowc, path) == [(2, "this file has a language already")]


def test_names_of_a_used_file_are_the_flows(flowc, tmp_path):
    (tmp_path / "names.flow").write_text('pronounce "Nguyen" as "win"\n')
    path = tmp_path / "a.flow"
    path.write_text('use "names.flow"\npronounce "Ann" as "Awn"\nflow a { say "Ann Nguyen" }\n'
                    'test "the text is what the flow says" { hear "Ann Nguyen"; expect ended }\n')
    assert mistakes(flowc, path) == []
    assert flowc("test", path).returncode == 0
    assert flowc("fmt", "--check", path).returncode == 0
    path.write_text('use "names.flow"\npronounce "nguyen" as "nwin"\nflow a { hangup }\n')
    found = json.loads(flowc("check", "--json", path).stdout)["diagnostics"]
    assert [d["message"] for d in found if d["severity"] == "error"] == ['it is said already how "Nguyen" is pronounced']


def test_a_flow_has_so_many_names(flowc, tmp_path):
    path = tmp_path / "a.flow"
    names = [f'pronounce "n{i}" as "x"' for i in range(1001)]
    path.write_text("\n".join(names[:1000]) + "\nflow a { hangup }\n")
    assert flowc("build", path, "-o", tmp_path / "a.flowc").returncode == 0
    path.write_text("\n".join(names) + "\nflow a { hangup }\n")
    assert mistakes(flowc, path) == [(1001, "a flow pronounces at most 1000 names")]
