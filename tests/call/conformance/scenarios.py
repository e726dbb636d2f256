"""The scenarios. What is not a matter of time is logged by the flows themselves, and so is part of the traces."""
from conformance.script import Scenario, hang_up, others, press, wait

MENU = """flow line {
    menu "Choose.", tries: 2, timeout: 4s, between: 1s {
        "1" { say "One." }
        "2" { log "two"; again }
        "3?"(keys) { log "{keys}" }
        on invalid { log "wrong" }
        on timeout { log "silent" }
        on gave_up { say "Bye." }
    }
    on hangup { log "gone" }
}
"""

GATHER = """flow line {
    gather min: 3, max: 5, until: "#", between: 1s, timeout: 4s, valid: "4*", prompt: "Number." {
        on matched(keys) { log "matched {keys}" }
        on invalid(keys) { log "invalid {keys}" }
        on timeout       { log "timeout" }
    }
    gather digits: 2, timeout: 4s, between: 1s {
        on matched(keys) { log "then {keys}" }
        on invalid(keys) { log "but {keys}" }
        on timeout       { log "nothing" }
    }
    on hangup { log "gone" }
}
"""

BARGE = """flow line {
    say "This is a long sentence that nobody wants to hear to its very end.", barge: "12" {
        on interrupted(key) { log "cut by {key}" }
    }
    say "So is this, but its key is left for the gather.", barge: yes
    gather digits: 2, timeout: 4s, between: 1s {
        on matched(keys) { log "matched {keys}" }
        on invalid(keys) { log "invalid {keys}" }
        on timeout       { log "timeout" }
    }
}
"""

BRIDGE = """flow line {
    bridge "bob", ring: 1s {
        on ended(talk, by) { log "ended by {by}" }
        on busy            { log "busy"; reject busy }
        on no_answer       { log "no answer"; say "No." }
        on declined        { log "declined"; reject declined }
        on offline         { log "offline" }
        on failed(why)     { log "failed" }
        on limited         { log "limited" }
    }
    log "after the bridge"
    say "Bye."
    on hangup { log "gone" }
}
"""

QUEUE = """flow line {
    queue "desk", agents: ["bob"], for: 2s, every: 0s {
        on served(talk, by)              { log "served, by {by}" }
        on left                          { log "left" }
        on timeout, full                 { log "not served" }
        on no_agents                     { log "nobody" }
    }
    log "after the queue"
    pause 100ms
    log "the caller is there"
    on hangup { log "gone" }
}
"""
ANSWERED = BRIDGE.replace("    bridge", "    answer; bridge", 1)

AHEAD = """flow line {
    gather digits: 1 {
        on matched(key) { log "{key}" }
        else { hangup }
    }
    say "Wait."
    bridge "bob" {
        on ended(talk, by) { log "by {by}" }
        else { log "not reached" }
    }
    gather digits: 1, timeout: 500ms {
        on matched(key) { log "still {key}" }
        on invalid      { log "invalid" }
        on timeout      { log "lost" }
    }
}
"""

VOICEMAIL = """flow line {
    voicemail "bob", greeting: tone("busy"), silence: 1s {
        on left  { log "left" }
        on empty { log "empty" }
    }
    log "after the message"
    say "Bye."
    on hangup { log "gone" }
}
"""

RECORD = """flow line {
    record silence: 1s {
        on saved(sound) { play sound }
        on empty        { log "empty" }
        on failed       { log "failed" }
    }
    say "Bye."
    on hangup { log "gone" }
}
"""

WAITING = """flow line {
    answer
    gather digits: 1, timeout: 500ms { on timeout { log "on" } else { hangup } }
    say "This goes on for a long while, so that the caller has time enough to leave in the middle of a long word."
    say "Never said."
    on hangup { log "gone"; pause 100ms; log "for good"; say "Nobody hears this." }
}
"""

PERMIT = """permit dial "+48*"
flow line {
    bridge call.from {
        on ended       { hangup }
        on failed(why) { log "{why}" }
        else           { log "else" }
    }
    reject 404
}
"""

HUNT = """flow line {
    bridge ["carol", "bob"], ring: 1s, hunt: yes {
        on ended(talk, by) { log "by {by}" }
        on busy            { log "busy" }
        else               { log "else" }
    }
}
"""

LOOPS = """fn ask(n: int) -> yes | no {
    gather digits: 1, timeout: 4s {
        on matched "1" { return yes }
        on matched     { log "not {n}" }
        on invalid     { return no }
        on timeout     { return no }
    }
    return no
}
flow line {
    answer
    var n = 0
    repeat 3 {
        n = n + 1
        ask(n) { on yes { log "yes at {n}"; break } on no { log "no at {n}" } }
    } else { log "never" }
    for word in ["a", "b"] { log word }
}
"""

LIMIT = """flow line {
    bridge "bob", max: 1s {
        on ended(talk, by) { log "by {by}" }
        else { log "not reached" }
    }
}
"""

SWALLOW = """flow line {
    gather digits: 2, until: "#", prompt: "Two digits." {
        on matched(keys) { log "{keys}" }
        else { hangup }
    }
    menu "And now?", timeout: 4s, between: 1s {
        "#" { log "hash" }
        "1" { log "one" }
        "12" { log "twelve" }
        on gave_up { log "gave up" }
    }
}
"""

NO_BARGE = """flow line {
    gather digits: 1, timeout: 500ms, prompt: "Which?", barge: no {
        on matched(key) { log "{key}" }
        on invalid(key) { log "not {key}" }
        on timeout      { log "nothing" }
    }
    gather digits: 1, timeout: 4s, prompt: "Secret.", secret: yes {
        on matched(key) {
            if key == "7" { log "right" } else { log "wrong" }
        }
        else { log "none" }
    }
}
"""

TONES = """flow line {
    play tone("dial"), barge: "5" { on interrupted(key) { log "cut by {key}" } }
    say "Now it is answered."
    reject declined
}
"""

FACTS = """flow line {
    log "{call.from} {call.to} {call.dialed} {header("X-None")}."
    log "{call.from_name}."
    if call.dialed.has_voicemail { log "voicemail" } else { log "none" }
    if call.dialed.ring_time == 20s { log "20s" }
    hangup
}
"""

FAULT = """fn none() -> int { return 0 }
flow line {
    log "soon"
    log "{number(1 / none())}"
}
"""

# Live: a service of the test's own at that address. It does what the next step says, and a step without an answer hangs up.
FETCH = """permit fetch "http://127.0.0.1"
flow line {
    fetch "http://127.0.0.1:65535/", timeout: 1500ms {
        on ok(doc)           { let name = doc.name as text else "-"; log "ok {name}" }
        on status(code, doc) { let name = doc.name as text else "-"; log "status {code} {name}" }
        on timeout           { log "timeout" }
        on failed            { log "failed" }
    }
    fetch "http://127.0.0.2{header("X-None")}/" { on failed(why) { log why } else { log "asked" } }
    answer
    pause 100ms
    on hangup { log "gone" }
}
"""

REMEMBER = """flow line {
    look()
    remember "{call.from}", "again", for: 1h { on failed { log "not kept" } else { log "kept" } }
    look()
    notify webhook: "http://127.0.0.1:9/", text: "x"
    hangup
}

fn look() {
    recall "{call.from}" { on found(value) { log "found {value}" } on missing { log "missing" } }
}
"""

SCENARIOS = [
    Scenario("say and hangup", 'flow line {\n    say "Hello."\n    pause 100ms\n    hangup\n}\n'),
    Scenario("reject", 'flow line {\n    log "{call.from} to {call.to}"\n    reject busy\n}\n'),
    Scenario("nothing at all", "flow line {\n    log \"{call.from}\"\n}\n"),
    Scenario("menu: a choice", MENU, (press("menu", "1"),)),
    Scenario("menu: a wrong digit, then a choice", MENU, (press("menu", "9"), press("menu", "1"))),
    Scenario("menu: again", MENU, (press("menu", "9"), press("menu", "2"), press("menu", "9"), press("menu", "35"))),
    Scenario("menu: silence until it gives up", MENU.replace("4s", "500ms")),
    Scenario("menu: half a choice", MENU, (press("menu", "3"), press("menu", "8"))),
    Scenario("menu: hangup in the middle of a choice", MENU, (press("menu", "3"), hang_up("menu", 0.3))),
    Scenario("menu: hangup", MENU, (press("menu", "2"), hang_up("menu"))),
    Scenario("gather: until", GATHER, (press("gather", "412#"), press("gather", "70"))),
    Scenario("gather: too few", GATHER, (press("gather", "41#"), press("gather", "7"))),
    Scenario("gather: not valid", GATHER, (press("gather", "5123#"), press("gather", "17"))),
    Scenario("gather: the most, the rest typed ahead", GATHER, (press("gather", "4123456"),)),
    Scenario("gather: nothing", GATHER.replace("4s", "500ms")),
    Scenario("gather: hangup", GATHER, (press("gather", "412#"), hang_up("gather", 0.2))),
    Scenario("say: interrupted", BARGE, (press("say", "2"), press("say", "7"), press("gather", "8"))),
    Scenario("say: hangup", WAITING, (hang_up("gather", 1.1),)),
    Scenario("bridge: ended by the callee", BRIDGE, (others("bridge", "ended", after=0.5),)),
    Scenario("bridge: ended by the caller", BRIDGE, (others("bridge", "ended", by="caller", after=0.5),)),
    Scenario("bridge: busy", BRIDGE, (others("bridge", "busy"),)),
    Scenario("bridge: declined", BRIDGE, (others("bridge", "declined"),)),
    Scenario("bridge: no answer", BRIDGE, (others("bridge", "no_answer"),)),
    Scenario("bridge: failed", BRIDGE, (others("bridge", "failed"),)),
    Scenario("bridge: offline", BRIDGE.replace("bob", "carol"), (others("bridge", "offline"),)),
    Scenario("bridge: nobody is at a SIP URI", 'permit dial "sip:*"\n' + BRIDGE.replace("bob", "sip:eva@127.0.0.1:1;transport=tcp"), (others("bridge", "failed unreachable"),)),
    Scenario("bridge: hangup while it rings", BRIDGE, (hang_up("bridge", 0.3),)),
    Scenario("bridge: not permitted", PERMIT),
    Scenario("hunt: busy beats offline", HUNT, (others("bridge", "offline"), others("bridge", "busy", also=True))),
    Scenario("digits typed ahead of a bridge are lost", AHEAD, (press("gather", "19"), others("bridge", "busy"))),
    Scenario("voicemail: left", VOICEMAIL, (others("voicemail", "left", after=1),)),
    Scenario("voicemail: empty", VOICEMAIL.replace("1s", "500ms"), (others("voicemail", "empty"),)),
    Scenario("voicemail: hangup in the message", VOICEMAIL, (hang_up("voicemail", 1),)),
    Scenario("voicemail: hangup at the tone", VOICEMAIL, (hang_up("voicemail"),)),
    Scenario("record: saved, then played", RECORD, (others("record", "saved", after=1),)),
    Scenario("record: empty", RECORD.replace("1s", "500ms"), (others("record", "empty"),)),
    Scenario("record: hangup", RECORD, (hang_up("record", 1),)),
    Scenario("functions and loops", LOOPS, (press("gather", "3"), press("gather", "1"))),
    Scenario("bridge: ended by its limit", LIMIT, (others("bridge", "ended", by="limit", after=1.5),)),
    Scenario("an until key after the last digit is swallowed", SWALLOW, (press("gather", "42#"), press("menu", "1"))),
    Scenario("a longer choice wins", SWALLOW, (press("gather", "42#12"),)),
    Scenario("a prompt that cannot be cut short", NO_BARGE, (press("gather", "3"), press("gather", "7"))),
    Scenario("a prompt that cannot be cut short: silence", NO_BARGE, (wait("gather"), press("gather", "8"))),
    Scenario("a tone, and a reject after the answer", TONES, (press("play", "5"),)),
    Scenario("facts of the call", FACTS),
    Scenario("a fault sends the call to the default flow", FAULT, (others("bridge", "offline"),)),
    Scenario("one flow continues with another", MENU.replace('say "One."', "continue with other"),
             (press("menu", "1"), press("menu", "9"), press("menu", "1")), MENU.replace("flow line", "flow other").replace("Bye", "Other")),
    Scenario("bridge: one of two is busy", HUNT.replace(", hunt: yes", ""), (others("bridge", "busy"),)),
    Scenario("bridge: declined after the answer", ANSWERED, (others("bridge", "declined"),)),
    Scenario("bridge: hangup while it rings after the answer", ANSWERED, (hang_up("bridge", 0.3),)),
    Scenario("pause: hangup", WAITING.replace('say "This', 'pause 3s; say "This'), (hang_up("gather", 1.1),)),
    Scenario("hunt: hangup at the second", HUNT, (others("bridge", "offline"), hang_up("bridge", 0.3, also=True))),
    Scenario("fetch: ok", FETCH, (others("fetch", 'ok {"name":"Eva"}'),)),
    Scenario("fetch: a status", FETCH, (others("fetch", 'status 404 {"name":"nobody"}'),)),
    Scenario("fetch: an answer that is no JSON", FETCH, (others("fetch", "ok"),)),
    Scenario("fetch: timeout", FETCH, (others("fetch", "timeout"),)),
    Scenario("fetch: failed", FETCH, (others("fetch", "failed"),)),
    Scenario("remember, recall and notify", REMEMBER, (others("recall", "missing"), others("recall", "found again"))),
    Scenario("hangup in a function", LOOPS, (press("gather", "2"), hang_up("gather"))),
    Scenario("queue: served, ended by the agent", QUEUE, (others("queue", "served", after=0.5),)),
    Scenario("queue: served, ended by the caller", QUEUE, (others("queue", "served", by="caller", after=0.5),)),
    Scenario("queue: left by its key", QUEUE, (others("queue", "left", after=0.3),)),
    Scenario("queue: timeout", QUEUE, (others("queue", "timeout"),)),
    Scenario("queue: no agents", QUEUE.replace("bob", "carol"), (others("queue", "no_agents"),)),
    Scenario("queue: hangup in the line", QUEUE, (hang_up("queue", 0.3),)),
]
