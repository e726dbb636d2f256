"""`flowc test`: what a step means, what a failure says, and the forms of the report."""
import re
import time
import xml.etree.ElementTree as xml

import pytest

from conftest import ROOT

SHIPPED = {"reject": 12, "names": 4, "anonymous": 6, "default": 3, "hunt": 3, "reception": 6, "support": 3, "welcome": 3}

BRIDGE = 'flow f { bridge ["ann", "bob"], ring: 15s { on ended { log "talked" } else { say "Nobody came." } } }'
HUNT = 'flow f { bridge ["ann", "bob"], ring: 15s, hunt: yes { on ended { } else { say "Nobody came." } } }'
MENU = ('flow f { menu "One or two.", tries: 2 { "1" { say "First."; pause 1s; say "Second." } "2" { continue with other }\n'
        'on gave_up { reject busy } } }')
CALLER = 'flow f { say "Hello {call.from}, this is {call.to}."; voicemail call.dialed; log "to {call.from}" }'
GATHER = 'flow f { gather digits: 2 { on matched(d) { say "Got {d}." } on invalid, timeout { say "No." } } }'
FETCH = ('permit fetch "https://a.example"\nflow f { fetch "https://a.example/x", json: { n: 1 } { on ok(doc) { let t = doc.a as text else "?"; say t }\n'
         'on status(code, doc) { say "Status {code}." } on timeout { say "Late." } on failed(why) { say "Failed: {why}." } } }')
ASKS = ('flow f { recall "k" { on found(v) { say "Found {v}." } on missing { say "Missing." } }\n'
        'remember "k", "v" { on failed { say "Not kept." } }\n'
        'notify email: "a@b.example", text: "hello"\nmailbox "ann" { on denied { say "Denied." } } }')
RECORD = 'flow f { record max: 10s { on saved(r) { play r; log "kept" } on empty, failed { say "Nothing." } } }'
HOURS = 'hours h { zone "Europe/Warsaw"; mon-fri 09:00-17:00 }\nflow f { if open(h) { say "Open." } else { say "Closed." } }'
FAULT = 'flow f { var n = 1; var z = 0; pause 1s; n = n / z; say "{n}" }'

# name, flow, steps
PASS = [
    ("both ring", BRIDGE, 'expect bridge ["ann", "bob"] { busy }; hear "Nobody"; expect ended'),
    ("a list of one is one", 'flow f { bridge "ann" { else { } } }', 'expect bridge ["ann"]; expect ended'),
    ("the first outcome", BRIDGE, 'expect bridge; expect log "talked"; expect ended'),
    ("labels are compared", BRIDGE, 'expect bridge ["ann", "bob"], ring: 15s, hunt: no { no_answer after 15s }; expect ended'),
    ("a default counts as given", BRIDGE, 'expect bridge max: 4h; expect ended'),
    ("a hunt is one step", HUNT, 'expect bridge ["ann", "bob"] { no_answer after 30s }; hear "Nobody"; expect ended'),
    ("the caller ends the talk", BRIDGE, 'expect bridge { ended by caller after 40s }; expect ended by caller; expect log "talked"'),
    ("the caller gives up", BRIDGE, 'expect bridge { caller hangs up after 3s }; expect ended by caller; expect no log'),
    ("the limit ends the talk", BRIDGE, 'expect bridge { ended by limit }; expect ended'),
    ("log in any order", BRIDGE, 'expect log "talked"; expect bridge; expect ended'),
    ("hear passes over texts", MENU, 'press "1"; hear "Second"; expect ended'),
    ("spaces are folded", 'flow f { say "a   b"; say "c" }', 'hear "a b"; hear "c"; expect ended'),
    ("a cut text counts", MENU, 'hear "two"; press "1" after 100ms; hear "First"; expect ended'),
    ("hear goes on behind the match", 'flow f { say "one two one" }', 'hear "one"; hear "two"; hear "one"; expect ended'),
    ("continue", MENU, 'press "2"; expect continue with other'),
    ("a refusal after an answer", MENU, 'hear "One"; hear "One"; expect ended'),
    ("a refusal", 'flow f { reject busy }', 'expect rejected busy'),
    ("a refusal by its code", 'flow f { reject 486 }', 'expect rejected 486'),
    ("nothing answered the call", 'flow f { log "x" }', 'expect rejected 480'),
    ("the call", CALLER, 'call from "+44" to "ann"; hear "Hello {call.from}, this is ann."; expect voicemail call.dialed; expect log "to +44"; expect ended'),
    ("who hangs up in the message", CALLER, 'expect voicemail { caller hangs up after 9s }; expect log; expect ended by caller'),
    ("the box is full", CALLER, 'expect voicemail { full }; hear "is full"; expect ended'),
    ("digits at once", GATHER, 'press "42"; hear "Got 42."; expect ended'),
    ("digits apart", GATHER, 'press "4"; press "2" after 2s; hear "Got 42."; expect ended'),
    ("too few digits", GATHER, 'press "4"; hear "No."; expect ended'),
    ("an outcome is looked at", GATHER, 'expect gather digits: 2 { timeout }; hear "No."; expect ended'),
    ("hang up after", GATHER, 'hang up after 2s; expect ended by caller'),
    ("fetch ok", FETCH, 'expect fetch "https://a.example/x", json: { n: 1 } { ok { "a": "b\\"c" } }; hear "b\\"c"; expect ended'),
    ("fetch status", FETCH, 'expect fetch { status 503 }; hear "503"; expect ended'),
    ("fetch timeout", FETCH, 'expect fetch { timeout }; hear "Late."; expect ended'),
    ("fetch failed", FETCH, 'expect fetch { failed "no route" }; hear "no route"; expect ended'),
    ("found", ASKS, 'expect recall "k" { found "x" }; hear "Found x."; expect mailbox "ann"; expect ended; expect notify text: "hello"'),
    ("missing", ASKS, 'expect recall { missing }; expect remember "k", value: "v" { failed }; hear "Not kept."; expect mailbox { denied }; hear "Denied."; expect ended'),
    ("recorded", RECORD, 'expect record max: 10s { saved }; expect play { done }; expect ended; expect log'),
    ("recorded until a key", RECORD, 'expect record { saved }; press "#" after 300ms; expect ended'),
    ("nothing recorded", RECORD, 'expect record { empty }; hear "Nothing."; expect ended'),
    ("a play that fails", 'flow f { play tone("dial") { on failed { say "Silence." } } }', 'expect play tone("dial") { failed }; hear "Silence."; expect ended'),
    ("the hour that comes twice", HOURS, 'at 2026-10-25 02:30; hear "Closed."; expect ended'),
    ("a Monday morning", HOURS, 'at 2026-11-23 09:00; hear "Open."; expect ended'),
    ("repeat", 'flow f { repeat 3 { say "Again." } }', 'repeat 3 { hear "Again." }; expect ended'),
    ("repeat in repeat", 'flow f { repeat 6 { log "x" }; say "End." }', 'repeat 2 { repeat 3 { expect log "x" } }; hear "End."; expect ended'),
    ("a default of ten o'clock on a Wednesday", HOURS, 'hear "Open."; expect ended'),
]

# name, flow, steps, the step that fails, expected, happened
FAIL = [
    ("another target", BRIDGE, 'expect bridge "ann"; expect ended', 'expect bridge "ann"', 'bridge "ann"', 'bridge ["ann", "bob"]'),
    ("another label", BRIDGE, 'expect bridge ring: 20s; expect ended', "expect bridge ring: 20s", "bridge ring: 20s", 'bridge ["ann", "bob"], ring: 15s'),
    ("not expected at all", BRIDGE, "expect ended", "expect ended", "the call to end", 'bridge ["ann", "bob"]'),
    ("longer than it rings", BRIDGE, "expect bridge { no_answer after 16s }; expect ended", "expect bridge { no_answer after 16s }",
     "at most 15.0 s: the bridge rings no longer", "the step says 16.0 s"),
    ("longer than it waits", FETCH, "expect fetch { ok after 4s }; expect ended", "expect fetch { ok after 4s }",
     "at most 3.0 s: the fetch waits no longer", "the step says 4.0 s"),
    ("not said", 'flow f { say "Hello." }', 'hear "hello"; expect ended', 'hear "hello"', 'to hear "hello"', "the flow ended the call"),
    ("not across texts", 'flow f { say "a"; say "b" }', 'hear "a b"; expect ended', 'hear "a b"', 'to hear "a b"', "the flow ended the call"),
    ("the wrong end", 'flow f { reject busy }', "expect rejected not_found", "expect rejected not_found",
     "the call to be rejected with 404 Not Found", "the flow rejected the call with 486 Busy Here"),
    ("the wrong flow", MENU, 'press "2"; expect continue with sales', "expect continue with sales",
     "the call to continue with sales", "the flow continued with other"),
    ("who hung up", GATHER, "hang up; expect ended", "expect ended", "the call to end", "the caller hung up, and the flow was over"),
    ("a fault", FAULT, "expect ended", "expect ended", "the call to end", r"the flow failed: .*\(.*a\.flow:1\)"),
    ("log that never came", BRIDGE, 'expect bridge { busy }; expect ended; expect log "talked"', 'expect log "talked"',
     'log "talked"', "it did not come in the whole call"),
    ("log twice", BRIDGE, 'expect bridge; expect log "talked"; expect log "talked"; expect ended', 'expect log "talked"',
     'log "talked"', "it did not come in the whole call"),
    ("what was ruled out", BRIDGE, 'expect bridge; expect no log; expect ended', None, None, None),
    ("ruled out by its text", BRIDGE, 'expect no log "talked"; expect bridge; expect ended', 'expect no log "talked"', 'no log "talked"', 'log "talked"'),
    ("another outcome", GATHER, "expect gather { matched }; expect ended", "expect gather { matched }", "gather { matched }", "gather ended in 'timeout'"),
    ("at comes late", 'flow f { say "x" }', 'hear "x"; at 2026-11-23; expect ended', "at 2026-11-23", "'at' and 'call' once, before all other steps", "'at' stands here"),
    ("an hour that never comes", HOURS, 'at 2026-03-29 02:30; expect ended', "at 2026-03-29 02:30", "a time that the clocks show",
     "2026-03-29 02:30 never comes in Europe/Warsaw: the clocks pass over it"),
    ("a step behind the end", 'flow f { say "x" }', 'expect ended; hear "x"; hear "y"', 'hear "y"', 'to hear "y"', "the flow ended the call"),
]


def write(tmp_path, flow, steps):
    lines = "\n".join("    " + step for step in re.split(r"; (?![^{]*\})", steps))
    path = tmp_path / "a.flow"
    path.write_text(f'{flow}\ntest "t" {{\n{lines}\n}}\n')
    return path


@pytest.mark.parametrize("name", SHIPPED)
def test_shipped_flows_pass(flowc, name):
    result = flowc("test", f"flows/{name}.flow")
    assert result.returncode == 0, result.stdout
    assert result.stdout.endswith(f"{SHIPPED[name]} passed, 0 failed\n")


@pytest.mark.parametrize("flow, steps", [row[1:] for row in PASS], ids=[row[0] for row in PASS])
def test_passes(flowc, tmp_path, flow, steps):
    result = flowc("test", write(tmp_path, flow, steps))
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize("flow, steps, step, expected, happened", [row[1:] for row in FAIL if row[3]], ids=[row[0] for row in FAIL if row[3]])
def test_failure_says(flowc, tmp_path, flow, steps, step, expected, happened):
    path = write(tmp_path, flow, steps)
    result = flowc("test", path)
    assert result.returncode == 1, result.stdout + result.stderr
    where = re.search(r"^      .*a\.flow:(\d+): (.*)$", result.stdout, re.M)
    assert where, result.stdout
    assert where[2] == step
    assert path.read_text().splitlines()[int(where[1]) - 1].strip() == step
    assert f"expected: {expected}\n" in result.stdout
    assert re.search(f"happened: {happened if happened.endswith(')') else re.escape(happened)}$", result.stdout, re.M), result.stdout


def test_the_story_is_told_in_order(flowc, tmp_path):
    result = flowc("test", write(tmp_path, MENU, 'press "1" after 1s; expect continue with other'))
    story = re.findall(r"^ +([\d.]+)s  (.*)$", result.stdout, re.M)
    assert story[:3] == [("0.0", 'says "One or two."'), ("1.0", "the caller presses 1"), ("1.0", "menu: chosen")]
    assert [float(at) for at, _ in story] == sorted(float(at) for at, _ in story)


def test_a_secret_stays_out_of_reports(flowc, tmp_path):
    flow = ('permit fetch "https://a.example"\nflow f { gather digits: 4, secret: yes { on matched(pin) {\n'
            'fetch "https://a.example/login", form: { pin: reveal(pin) } { else { } } } else { } } }')
    result = flowc("test", write(tmp_path, flow, 'press "8531"; expect fetch "https://a.example/other", form: { "pin": "8531" }; expect ended'))
    assert result.returncode == 1
    assert result.stdout.count("8531") == result.stdout.count('presses 8531') + result.stdout.count('form: {')


def test_an_hour_takes_no_time(flowc, tmp_path):
    path = write(tmp_path, BRIDGE, "expect bridge { ended after 1h }; expect ended")
    began = time.monotonic()
    assert flowc("test", path).returncode == 0
    assert time.monotonic() - began < 5
    report = tmp_path / "r.xml"
    flowc("test", "--junit", report, path)
    assert float(xml.parse(report).find(".//testcase").get("time")) < 0.1


def test_tap(flowc, tmp_path):
    path = write(tmp_path, BRIDGE, 'expect bridge "ann"; expect ended')
    result = flowc("test", "--tap", ROOT / "flows/welcome.flow", path)
    lines = result.stdout.splitlines()
    assert result.returncode == 1
    assert lines[:2] == ["TAP version 14", "1..4"]
    assert [line.split(" - ")[0] for line in lines if re.match("(not )?ok", line)] == ["ok 1", "ok 2", "ok 3", "not ok 4"]
    assert '  happened: "bridge [\\"ann\\", \\"bob\\"]"' in lines


def test_junit(flowc, tmp_path):
    path, report = write(tmp_path, BRIDGE, 'expect bridge "ann"; expect ended'), tmp_path / "r.xml"
    assert flowc("test", "--junit", report, ROOT / "flows/welcome.flow", path).returncode == 1
    root = xml.parse(report).getroot()
    assert (root.get("tests"), root.get("failures")) == ("4", "1")
    failure = root.find(".//failure")
    assert failure.get("message") == 'bridge ["ann", "bob"]'
    assert 'expected: bridge "ann"' in failure.text


def test_an_image_brings_its_tests(flowc, tmp_path):
    image = tmp_path / "w.flowc"
    assert flowc("build", "flows/welcome.flow", "-o", image).returncode == 0
    assert flowc("test", image).stdout.endswith("3 passed, 0 failed\n")
    assert flowc("build", "--strip", "flows/welcome.flow", "-o", image).returncode == 0
    assert "no tests" in flowc("test", image).stdout


def test_a_module_has_no_tests(flowc):
    result = flowc("test", "flows/company.flow")
    assert result.returncode == 0
    assert result.stdout.startswith("flows/company.flow: no tests")


def test_mistakes_are_1_and_unreadable_files_2(flowc, tmp_path):
    path = tmp_path / "a.flow"
    path.write_text("flow f { hangup")
    assert flowc("test", path).returncode == 1
    assert flowc("test", tmp_path / "none.flow").returncode == 2


def test_a_value_that_no_test_knows(flowc, tmp_path):
    path = write(tmp_path, BRIDGE, 'hear "{number(2)}"; expect ended')
    for command in ("check", "build", "test"):
        result = flowc(command, path)
        assert result.returncode == 1
        assert "a.flow:3:12: error: a test cannot know this value" in result.stderr


def test_coverage_names_what_is_missed(flowc):
    result = flowc("test", "--coverage", "flows/reception.flow")
    assert result.returncode == 0
    assert "reception: 4 of 10 outcomes" in result.stdout
    assert re.search(r"company\.flow:14 +bridge +busy, declined, offline", result.stdout)
    assert not re.search(r"company\.flow:14 +bridge.*(ended|no_answer)", result.stdout)


def test_annotated_source_marks_each_line(flowc, tmp_path):
    path = tmp_path / "a.flow"
    path.write_text('flow f {\n    if call.from == "eve" {\n        reject busy\n    }\n    var n = 0\n    repeat 2 {\n        n = n + 1\n    }\n    reject not_found\n}\n'
                    'test "t" {\n    call from "ann"\n    expect rejected not_found\n}\n')
    result = flowc("test", "--annotate", path)
    assert result.returncode == 0, result.stdout
    marks = {int(number): mark for mark, number in re.findall(r"^([-+~ ]) +(\d+) \| ", result.stdout, re.M)}
    assert {n: marks[n] for n in (2, 3, 5, 6, 7, 9, 12)} == {2: "~", 3: "-", 5: "+", 6: "+", 7: "+", 9: "+", 12: " "}
    assert re.search(r"a\.flow:2 +1 of 2 ways taken", result.stdout)
    assert re.search(r"a\.flow:3 +never come to", result.stdout)


def test_coverage_stays_out_of_tap(flowc):
    result = flowc("test", "--tap", "--coverage", "flows/welcome.flow")
    assert "outcomes" not in result.stdout and "outcomes" in result.stderr


def test_only_some(flowc):
    assert flowc("test", "--only", "digit cuts", "flows/reception.flow").stdout.endswith("1 passed, 0 failed\n")
