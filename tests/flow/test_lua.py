"""`extern lua`: what flowc says of it, and what its tests do with it."""
import json

import pytest

LUA = """local prices = { tea = 4 }
function quote(item, count) return prices[item] * count end
function stock(item)
    if item == "tea" then return "there", 7 end
    if item == "sand" then error("no sand") end
    return "none"
end
"""
EXTERN = """extern lua "pricing.lua" {
    fn quote(item: text, count: int) -> int
    fn stock(item: text) -> there(count: int) | none | failed(why: text)
}
"""
FLOW = EXTERN + """
flow shop {
    say "{quote("tea", 3)} euro."
    for item in ["tea", "milk", "sand"] {
        stock(item) {
            on there(n) { say "{n} left." }
            on none { say "None." }
            on failed(why) { say "Failed: {why}." }
        }
    }
}
"""
TEST = """
test "all outcomes" {
    call
    hear "12 euro"
    hear "7 left"
    hear "None"
    hear "Failed: pricing.lua:5: no sand"
    expect ended
}
"""


@pytest.fixture
def write(tmp_path):
    def run(flow, lua=LUA):
        (tmp_path / "shop.flow").write_text(flow)
        if lua is not None:
            (tmp_path / "pricing.lua").write_text(lua)
        return tmp_path / "shop.flow"

    return run


def mistakes(flowc, path):
    return json.loads(flowc("check", "--json", path).stdout)["diagnostics"]


def test_values_and_outcomes(flowc, write):
    result = flowc("test", write(FLOW + TEST))
    assert result.returncode == 0, result.stdout + result.stderr


def test_an_image_needs_no_file(flowc, write, tmp_path):
    assert flowc("build", write(FLOW + TEST)).returncode == 0
    first = (tmp_path / "shop.flowc").read_bytes()
    assert flowc("build", tmp_path / "shop.flow").returncode == 0
    assert (tmp_path / "shop.flowc").read_bytes() == first
    (tmp_path / "pricing.lua").unlink()
    result = flowc("test", tmp_path / "shop.flowc")
    assert result.returncode == 0, result.stdout + result.stderr
    assert "lua quote item: text, count: int -> int" in flowc("dump", tmp_path / "shop.flowc").stdout


def test_only_what_is_called_comes_into_an_image(flowc, write, tmp_path):
    assert flowc("build", write(EXTERN + 'flow shop {\n    say "Hello."\n}\n')).returncode == 0
    bare = (tmp_path / "shop.flowc").stat().st_size
    assert "lua " not in flowc("dump", tmp_path / "shop.flowc").stdout
    assert flowc("build", write(FLOW)).returncode == 0
    assert "lua stock" in flowc("dump", tmp_path / "shop.flowc").stdout and (tmp_path / "shop.flowc").stat().st_size > bare + 100


ONE = 'extern lua "pricing.lua" {{\n    {}\n}}\nflow shop {{\n    {}\n}}\n'

# what is declared and what is called; the file in Lua, None: not there; what is said
BAD = [
    ("fn quote(a: text, b: int) -> int", 'say "{quote("tea", 1)}"', None, "pricing.lua\": there is no such file"),
    ("fn quote(a: text, b: int) -> int", 'say "{quote("tea", 1)}"', "function quote(", "expected near '<eof>'"),
    ("fn quote(a: text, b: int) -> int", 'say "{quote("tea", 1)}"', "local x = nil\nx.y = 1", "attempt to index local 'x'"),
    ("fn quote(a: text, b: int) -> int", 'say "{quote("tea", 1)}"', "while true do end", "too many steps"),
    ("fn quote(a: text, b: int) -> int", 'say "{quote("tea", 1)}"', "local function quote() end", "has no function 'quote'"),
    ("fn quote(a: text, b: int) -> int", 'say "{quote("tea", 1)}"', "-- " + "x" * 65536, "larger than allowed"),
    ("fn quote(a: sound) -> int", 'say "{quote(file("a.wav"))}"', LUA, "a sound cannot be given to Lua"),
    ("fn quote(a: text) -> list of int", 'let x = quote("a")', LUA, "a list of int cannot be given to Lua"),
    ("fn stock(a: text) -> there(b: cause)", 'stock("a") { on there { hangup } }', LUA, "a cause cannot be given to Lua"),
    ("fn quote(a: text)", 'quote("a")', LUA, "a function in Lua gives a value or ends in outcomes"),
    ("fn quote(a: text) -> int", 'say "{quote(1)}"', LUA, "'a' wants a text, not an int"),
    ("fn stock(a: text) -> there | none", 'stock("a") { on there { hangup } }', LUA, "this stock can end in 'none'"),
    ("fn quote(a: text) -> int", "gather digits: 4, secret: yes {\n on matched(pin) { say \"{quote(pin)}\" }\n else { hangup }\n }", LUA,
     "'pin' is secret and cannot be given to a function in Lua"),
    ("fn quote(a: text) -> text", 'play quote("a")', LUA, "comes from outside and cannot be played"),
    ("fn stock(a: text) -> there(b: text) | none", 'stock("a") {\n on there(b) { play b }\n on none { hangup }\n }', LUA,
     "comes from outside and cannot be played"),
]


@pytest.mark.parametrize("declared, called, lua, said", BAD, ids=range(len(BAD)))
def test_mistakes(flowc, write, declared, called, lua, said):
    found = mistakes(flowc, write(ONE.format(declared, called), lua))
    errors = [d["message"] for d in found if d["severity"] == "error"]
    assert len(errors) == 1 and said in errors[0], found


def test_a_mistake_in_lua_shows_its_line(flowc, write):
    result = flowc("check", write(FLOW, "x = 1\nfunction quote(\n"))
    assert "pricing.lua:2:1: error:" in result.stderr or "pricing.lua:3:1: error:" in result.stderr, result.stderr
    assert "the file is used here" in result.stderr


def test_unused_functions_are_told(flowc, write):
    said = [d["message"] for d in mistakes(flowc, write(EXTERN + 'flow shop {\n    say "{quote("tea", 1)}"\n}\n'))]
    assert said == ["the function 'stock' is never used"]


def test_a_fault_says_why(flowc, write):
    flow = EXTERN + 'flow shop {\n    say "{quote("sand", 1)}"\n}\ntest "fault" {\n    call\n    expect ended\n}\n'
    result = flowc("test", write(flow))
    assert result.returncode == 1
    assert "pricing.lua:2: attempt to perform arithmetic" in result.stdout


def test_io_is_allowed_by_an_option(flowc, write):
    lua = "function quote(item) return io and #io.open('/proc/version'):read('*a') > 0 and 1 or 0 end"
    flow = 'extern lua "pricing.lua" {\n    fn quote(item: text) -> int\n}\nflow shop {\n    say "{quote("a")}."\n}\n'
    flow += 'test "io" {\n    call\n    hear "1."\n    expect ended\n}\n'
    assert flowc("test", write(flow, lua)).returncode == 1
    allowed = flowc("test", "--lua-allow", "io", write(flow, lua))
    assert allowed.returncode == 0, allowed.stdout
    wrong = flowc("test", "--lua-allow", "sockets", write(flow, lua))
    assert wrong.returncode == 2 and "'sockets'" in wrong.stderr


def test_the_layout_keeps_it(flowc, write):
    path = write(FLOW)
    assert flowc("fmt", path).returncode == 0
    once = path.read_text()
    assert EXTERN in once
    assert flowc("fmt", path).returncode == 0 and path.read_text() == once
