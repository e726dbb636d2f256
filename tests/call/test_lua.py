"""Functions in Lua in real calls: what they give is heard, what fails goes to the fallback, and nothing stands still meanwhile."""
import re

import audio
from server import build_flow

LUA = """local rooms = { ann = "seven", bob = "twelve" }
function room(who) return rooms[who] or error("no room for " .. who) end
function spin() while true do end end
function version() return io and io.open("/proc/version"):read(5) or "no io" end
"""


def flow(body, *functions):
    return 'extern lua "rooms.lua" {\n' + "".join(f"    fn {f}\n" for f in functions) + "}\nflow line {\n    " + body + "\n    hangup\n}\n"


def deploy(ctl, tmp_path, source):
    (tmp_path / "rooms.lua").write_text(LUA)
    image = build_flow(source, tmp_path)
    (tmp_path / "rooms.lua").unlink()  # the image holds it
    ctl.add("line", virtual=True)
    ctl.attach_flow("line", image)
    return image


def logged(server, text):
    return server.log.wait(re.compile(text).search, 10, text)


def test_what_lua_gives_is_heard(ctl, register, tmp_path):
    deploy(ctl, tmp_path, flow('say "Your room is number {room(call.from)}."', "room(who: text) -> text"))
    ann = register("ann")
    ann.dial("line")
    ann.wait("CALL_ESTABLISHED")
    ann.wait_heard(audio.spoken(tmp_path, "Your room is number seven."))
    ann.wait("CALL_CLOSED")


def test_an_error_is_an_outcome_or_goes_to_the_fallback(server, ctl, register, tmp_path):
    deploy(ctl, tmp_path, flow('room("eve") {\n on done { log "found" }\n on failed(why) { log why }\n }', "room(who: text) -> done(number: text) | failed(why: text)"))
    ann = register("ann")
    ann.dial("line")
    logged(server, r"log: rooms.lua:2: no room for eve$")
    ctl.attach_flow("line", build_again(tmp_path, flow('log room("eve")', "room(who: text) -> text")))
    ann.dial("line")
    logged(server, r"rooms.lua:2: no room for eve \(line.flow:")


def test_an_endless_loop_holds_up_nobody(server, ctl, register, tmp_path):
    deploy(ctl, tmp_path, flow('log "{spin()}"', "spin() -> int"))
    ann, bob = register("ann"), register("bob")
    for _ in range(3):
        ann.dial("line")
        logged(server, r"spin\(\) took too many steps \(line.flow:")
    bob.dial("ann")
    bob.wait("CALL_ESTABLISHED")


def test_io_is_for_the_image_that_the_operator_named(tmp_path, register, ctl, server):
    image = deploy(ctl, tmp_path, flow("log version()", "version() -> text"))
    ann = register("ann")
    ann.dial("line")
    logged(server, r"log: no io$")
    server.stop()
    server.options += ["--lua-allow", f"io={image.read_bytes()[8:40].hex()[:20]}"]
    server.start()
    ann.dial("line")
    logged(server, r"log: Linux$")


def build_again(tmp_path, source):
    (tmp_path / "rooms.lua").write_text(LUA)
    return build_flow(source, tmp_path)
