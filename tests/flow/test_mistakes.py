"""What flow authors really get wrong: each mistake is one error, in its place, with the mend."""
import json

import pytest

FLOW = "flow a {{\n    {}\n}}\n"

# what was written in a flow's line 2; what is said of it; the mend. One error each.
IN_A_FLOW = [
    ('bridge "ann", rings: 20s { else { hangup } }', "bridge has no argument 'rings'", "did you mean 'ring'?"),
    ('bridge "ann", ring: 20 { else { hangup } }', "'ring' of bridge wants a duration, not an int", "'20s' is seconds"),
    ('bridge "ann", ring = 20s { else { hangup } }', "an argument's label ends with ':', not with '='", "write 'ring: …'"),
    ('bridge "ann", ring 20s { else { hangup } }', "'ring' has no ':' behind it", "write 'ring: …'"),
    ('bridge "ann" ring: 20s { else { hangup } }', "expected ',' or the end of the line, not 'ring'", "write ',' before 'ring:'"),
    ('bridge "ann", hunt: 1 { else { hangup } }', "'hunt' of bridge wants a bool, not an int", "write 'yes' or 'no'"),
    ('bridge "ann" { on bussy { hangup } else { answer } }', "bridge has no outcome 'bussy'", "did you mean 'busy'?"),
    ('bridge "ann" { ended { hangup } else { answer } }', "only 'on', choices and 'else' can stand", "write 'on ended { … }'"),
    ('bridge "ann" { on ended { hangup } }', "this bridge can end in 'busy', and nothing says what happens then", "add 'on busy { … }'"),
    ('bridge "ann"', "this bridge can end in 'ended'", "or 'else { … }' for all that is left"),
    ('bridge "ann" { on ended(a, b, c) { hangup } else { answer } }', "'ended' brings no more values", None),
    ('bridge "+48123" { else { hangup } }', "no 'permit dial' covers \"+48123\"", 'permit dial "+48123"'),
    ('brigde "ann" { else { hangup } }', "unknown action 'brigde'", "did you mean 'bridge'?"),
    ("say Hello there", "expected ',' or the end of the line, not 'there'", "a text stands in double quotes"),
    ("say 'hello there'", "unexpected ''hello there''", "a text stands in double quotes"),
    ("say “Hello”", "unexpected '“Hello”'", "a text stands in double quotes"),
    ('say "Hello', "this text has no closing quote", "put '\"' at its end"),
    ('say "Hello " + call.from', "a text and a text do not go together with '+'", '"{a}{b}"'),
    ('say("hello")', "unknown function 'say'", "an action takes no parentheses: 'say …'"),
    ("say 3", "say wants a text, not an int", 'put it into a text: "{…}"'),
    ('say "Hello {call.form}"', "the call has no field 'form'", "its fields are from"),
    ("pause 5 s", "expected ',' or the end of the line, not 's'", "a unit stands right behind its number"),
    ("pause 5sec", "'5sec' is neither a number nor a duration", "500ms, 20s, 5m"),
    ("gather digits: 4, secret: true { else { hangup } }", "unknown name 'true'", "write 'yes'"),
    ("let x = null", "unknown name 'null'", "there is no null"),
    ('let x = "ann", "bob"', "expected the end of the line, not ','", "a list stands in [ ]"),
    ("var n = 1; n == 2", "unknown action 'n'", "'=' gives a value: 'n = …'"),
    ('let n = 1; n = 2; log "{n}"', "'n' never changes", "begin it with 'var'"),
    ("var n = 1; if n = 1 { hangup }", "'=' gives a value and cannot compare", "write '=='"),
    ('if call.from <> "1" { hangup }', "'<>' does not compare", "write '!='"),
    ('if call.from == "1" && call.to == "2" { hangup }', "unexpected '&&'", "'and' joins conditions"),
    ("if 1 < 2 < 3 { hangup }", "comparisons cannot be chained", "join them with 'and'"),
    ('if call.from == "1" hangup', "expected '{', not 'hangup'", "what follows from it stands in { }"),
    ('if call.from == "1" { hangup } elseif call.to == "2" { answer }', "expected the end of the line, not 'elseif'", "write 'else if'"),
    ("while yes { pause 1s }", "unknown action 'while'", "'loop' goes on until 'break'"),
    ('dial "ann"', "unknown action 'dial'", "write 'bridge'"),
    ('menu "x" { 1 { hangup } on gave_up { hangup } }', "only 'on', choices and 'else' can stand", "a choice is a text: '\"1\" { … }'"),
    ('menu "x" { "1" { hangup } }', "this menu can end in 'gave_up'", "add 'on gave_up { … }'"),
    ("hangup; answer", "nothing reaches this line", None),
]

# a whole file; the line; what is said; the mend
IN_A_FILE = [
    ('flow a {\n    if call.from == "1" {\n        answer\n    hangup\n}\n', 2, "this '{' is never closed", None),
    ("flow a\n{\n    hangup\n}\n", 1, "expected '{', not the end of the line", "the '{' stands on this line"),
    ('flow a {\n    if call.from == "1" { hangup }\n    else { answer }\n}\n', 3, "'else' stands on the line of the '}' before it", "'} else {'"),
    ("// mine\nflow a { hangup }\n", 1, "unexpected '//'", "a comment begins with '#'"),
    ("flow a { hangup }\nflow b { hangup }\n", 2, "a file has at most one flow", None),
    ('use "compny.flow"\nflow a { hangup }\n', 1, 'compny.flow": there is no such file', None),
    ('hours office {\n    zone "Europe/Warsaw"\n    mon-fri 9-17\n}\n', 3, "expected times, as 09:00-17:00, not '9'", "a time has hours and minutes"),
    ('hours office {\n    zone "Europe/Warsaw"\n    monday 09:00-17:00\n}\n', 3, "not 'monday'", "days are mon, tue"),
    ('hours office {\n    zone "Europe/Warsaw"\n    closed 2026-02-30\n}\n', 3, "there is no day 2026-02-30", None),
    ('hours office {\n    zone "Europe/Warsav"\n    mon 09:00-17:00\n}\n', 2, 'unknown zone "Europe/Warsav"', None),
    ('hours office {\n    zone "Europe/Warsaw"\n    mon 09:00-17:00\n}\nflow a { if open(ofice) { hangup } }\n', 5, "unknown hours 'ofice'", "did you mean 'office'?"),
    ("fn greet() { answer }\nflow a { greet }\n", 2, "unknown action 'greet'", "'greet(…)'"),
    ("fn f() -> x | y {\n    if call.from == \"1\" { return x }\n}\nflow a { f() { else { } } }\n", 3, "a path comes to the end of 'f' without a 'return'", "every path ends in 'return'"),
    ('flow a { hangup }\ntest "t" { expects ended }\n', 2, "unknown test step 'expects'", "did you mean 'expect'?"),
    ('flow a { say "x" }\ntest "t" { hear "x" }\n', 2, "this test does not say how the call ends", "add 'expect ended'"),
]

ROWS = [(FLOW.format(line), 2, message, mend) for line, message, mend in IN_A_FLOW] + IN_A_FILE
NAMES = [row[0] for row in IN_A_FLOW] + [row[0].replace("\n", " ") for row in IN_A_FILE]


@pytest.mark.parametrize("text, line, message, mend", ROWS, ids=NAMES)
def test_one_error_with_its_mend(flowc, tmp_path, text, line, message, mend):
    path = tmp_path / "a.flow"
    path.write_text(text, encoding="utf-8")
    errors = [d for d in json.loads(flowc("check", "--json", path).stdout)["diagnostics"] if d["severity"] == "error"]
    assert len(errors) == 1, errors
    assert errors[0]["line"] == line and message in errors[0]["message"], errors
    assert mend in errors[0]["help"] if mend else "help" not in errors[0], errors
