"""The action `queue`: callers wait with music and are told their places, agents are rung in turn, and each outcome comes by."""
import re
import subprocess
import threading
import time
from urllib.parse import unquote

import numpy as np
import pytest

import audio
import sipp
from conftest import PASSWORDS
from events import Missing
from server import build_flow
from carrier import Carrier
from test_flows import call, logged
from test_hold_music import fill
from test_pickup import ends, taker  # noqa: F401
from test_trunks import add_trunk
from test_transfer import hear_each_other, leave, refer, told

LINE = """
flow line {{
    queue "desk", agents: [{agents}]{more} {{
        on served(talk, by) {{ log "served, by {{by}}" }}
        on left             {{ log "left"; say "You have left the queue." }}
        on timeout          {{ log "timeout" }}
        on full             {{ log "full"; pause 1s }}
        on no_agents        {{ log "no agents" }}
    }}
    hangup
}}
"""
QUIET = ", every: 0s"
ANN, CAROL = "demo-thanks", "vm-intro"  # what a caller says, and so is known by


@pytest.fixture
def line(ctl, tmp_path):
    """line(agent, …, more="", permit="") makes the Connection whose flow is the queue."""
    added = []

    def make(*agents, more=QUIET, permit=""):
        if not added:
            ctl.add("line", virtual=True)
            added.append("line")
        names = ", ".join(f'"{agent}"' for agent in agents)
        ctl.attach_flow("line", build_flow(permit + LINE.format(agents=names, more=more), tmp_path))

    return make


def wait_log(server, text, timeout=10):
    """The queue's next line in the log that ends so."""
    return server.log.wait(re.compile(rf"INFO queue: call=\w+ desk: {text}$").search, timeout, f"line '{text}' of the queue")


def spoken_by(caller, agent, name, folder):
    """The agent hears the caller say that sentence: they talk with each other."""
    caller.speak(audio.sentence(folder, name))
    agent.wait_heard(audio.prompt(name))


def tone_file(folder, hertz):
    path = folder / f"{hertz}.wav"
    subprocess.run(["sox", "-n", "-r", "8000", "-b", "16", "-c", "1", str(path), "synth", "60", "sine", str(hertz), "gain", "-6"],
                   check=True)
    return path


def loudness(samples, hertz, frame=160):
    """How loud that tone is in each 20 ms."""
    wave = np.exp(-2j * np.pi * hertz * np.arange(frame) / audio.RATE)
    frames = samples[:len(samples) // frame * frame].reshape(-1, frame)
    return np.abs(frames @ wave) / frame


def test_place_and_music_then_an_agent(server, register, line, tmp_path):
    fill(server.data / "sounds/hold")
    bob = register("bob", answers=False)
    ann = register("ann")
    line("bob", more=", ring: 1m")
    call(ann)
    ann.wait_heard_in_pieces(audio.spoken(tmp_path, "You are number 1 in the queue."))
    ann.wait_heard_in_pieces(audio.prompt("demo-abouttotry"), share=0.3)
    bob.wait("CALL_INCOMING")
    bob.answer()
    wait_log(server, "bob talks")
    bob.wait("CALL_ESTABLISHED")
    spoken_by(ann, bob, ANN, tmp_path)
    spoken_by(bob, ann, CAROL, tmp_path)
    bob.hang_up()
    logged(server, "served, by callee")
    ann.wait("CALL_CLOSED")
    cdr = server.wait_cdr()
    assert (cdr["from"], cdr["flow"], cdr["status"], cdr["by"]) == ("ann", "line", "200", "callee")
    assert float(cdr["talk"]) > 1
    assert server.rtp_ports_used() == 0


def test_the_place_is_told_again(server, register, line, tmp_path):
    register("bob", answers=False)
    ann = register("ann")
    line("bob", more=', every: 6s, announce: "Place *."')
    call(ann)
    said = audio.spoken(tmp_path, "Place 1.")
    first = ann.wait_heard(said, least=0.8)
    again = ann.wait_heard(said, after=first + 1, least=0.8)
    assert 5 < again - first < 8


def test_from_music_to_the_talk_without_a_gap(server, register, line, tmp_path):
    music = server.data / "sounds/hold"
    music.mkdir(parents=True)
    subprocess.run(["cp", str(tone_file(tmp_path, 600)), str(music / "tone.wav")], check=True)
    bob = register("bob", answers=False, says=tone_file(tmp_path, 1400))
    ann = register("ann")
    line("bob")
    call(ann)
    ann._wait_for_audio(lambda: np.any(loudness(ann.heard(), 600) > 0.05), 10, "no music")
    bob.wait("CALL_INCOMING")
    bob.answer()
    ann._wait_for_audio(lambda: np.sum(loudness(ann.heard(), 1400) > 0.05) > 50, 10, "bob's tone was not heard")
    heard = ann.heard()
    last_music = np.flatnonzero(loudness(heard, 600) > 0.05)[-1]
    first_voice = np.flatnonzero(loudness(heard, 1400) > 0.05)[0]
    assert -3 <= first_voice - last_music <= 25, "in packets of 20 ms; the agent's phone has yet to begin sending"


def test_in_the_order_of_arrival(server, register, line, tmp_path):
    bob = register("bob", answers=False)
    ann, carol, dave = register("ann"), register("carol"), register("dave")
    line("bob", more=", ring: 1m")
    for caller in (ann, carol, dave):
        call(caller)
        wait_log(server, r"waits at place \d")
    carol.wait_heard_in_pieces(audio.spoken(tmp_path, "You are number 2 in the queue."))
    bob.wait("CALL_INCOMING")
    bob.answer()
    bob.wait("CALL_ESTABLISHED")
    spoken_by(ann, bob, ANN, tmp_path)
    ann.hang_up()
    logged(server, "served, by caller")
    bob.wait("CALL_INCOMING")
    bob.answer()
    bob.wait("CALL_ESTABLISHED")
    spoken_by(carol, bob, CAROL, tmp_path)
    bob.hang_up()
    logged(server, "served, by callee")
    bob.wait("CALL_INCOMING")
    bob.answer()
    bob.wait("CALL_ESTABLISHED")
    spoken_by(dave, bob, ANN, tmp_path)


def test_the_one_who_is_idle_for_the_longest(server, register, line):
    register("bob"), register("dave")
    ann = register("ann")
    line("bob", "dave")
    for agent in ("bob", "dave", "bob"):
        call(ann)
        wait_log(server, f"rings {agent}")
        wait_log(server, f"{agent} talks")
        ann.hang_up()
        logged(server, "served, by caller")
        server.wait_cdr()


def test_all_at_once(server, register, line, tmp_path):
    bob, dave = register("bob", answers=False), register("dave", answers=False)
    ann = register("ann")
    line("bob", "dave", more=QUIET + ", all: yes")
    call(ann)
    bob.wait("CALL_INCOMING")
    dave.wait("CALL_INCOMING")
    dave.answer()
    bob.wait("CALL_CLOSED")
    dave.wait("CALL_ESTABLISHED")
    spoken_by(ann, dave, ANN, tmp_path)


def test_one_who_does_not_answer_is_left_in_peace_and_rung_again(server, register, line):
    bob, dave = register("bob", answers=False), register("dave", answers=False)
    ann = register("ann")
    line("bob", "dave", more=QUIET + ", ring: 2s")
    call(ann)
    bob.wait("CALL_INCOMING")
    bob.wait("CALL_CLOSED")
    at = time.monotonic()
    dave.wait("CALL_INCOMING")
    dave.hang_up()  # declines
    bob.wait("CALL_INCOMING")
    assert time.monotonic() - at > 4, "the pause was not kept"
    bob.answer()
    wait_log(server, "bob talks")


def test_one_in_a_call_is_rung_when_it_ends(server, register, line):
    bob = register("bob")
    carol, ann = register("carol"), register("ann")
    line("bob")
    carol.dial("bob")
    carol.wait("CALL_ESTABLISHED")
    call(ann)
    wait_log(server, "waits at place 1")
    time.sleep(1)  # nothing is to happen
    assert not any("rings bob" in entry for entry in server.log.seen)
    carol.hang_up()
    wait_log(server, "bob talks")


def test_one_who_registers_is_rung(server, register, line):
    carol = register("carol")
    register("dave")
    ann = register("ann")
    line("bob", "dave")
    carol.dial("dave")
    carol.wait("CALL_ESTABLISHED")
    call(ann)
    wait_log(server, "waits at place 1")
    register("bob")
    wait_log(server, "bob talks")


def test_the_key_leaves(server, register, line, tmp_path):
    bob = register("bob", answers=False)
    ann = register("ann")
    line("bob")
    call(ann)
    bob.wait("CALL_INCOMING")
    ann.press("#")
    logged(server, "left")
    bob.wait("CALL_CLOSED")
    ann.wait_heard_in_pieces(audio.spoken(tmp_path, "You have left the queue."))
    ann.wait("CALL_CLOSED")


def test_timeout(server, register, line):
    bob = register("bob", answers=False)
    ann = register("ann")
    line("bob", more=QUIET + ", for: 3s")
    call(ann)
    bob.wait("CALL_INCOMING")
    logged(server, "timeout")
    bob.wait("CALL_CLOSED")
    ann.wait("CALL_CLOSED")


def test_full(server, register, line):
    register("bob", answers=False)
    ann, carol = register("ann"), register("carol")
    line("bob", more=QUIET + ", most: 1")
    call(ann)
    call(carol)
    logged(server, "full")
    carol.wait("CALL_CLOSED")


def test_nobody_is_there(server, ctl, register, line):
    ctl.add("bob", PASSWORDS["bob"])
    ann = register("ann")
    line("bob", "nobody")
    call(ann)
    logged(server, "no agents")
    ann.wait("CALL_CLOSED")


def test_the_last_one_goes(server, register, line):
    bob = register("bob", answers=False)
    ann = register("ann")
    line("bob")
    call(ann)
    bob.wait("CALL_INCOMING")
    bob.stop()  # declines and unregisters
    logged(server, "no agents")


def test_the_caller_hangs_up_while_it_rings(server, register, line):
    bob = register("bob", answers=False)
    ann = register("ann")
    line("bob")
    call(ann)
    bob.wait("CALL_INCOMING")
    ann.hang_up()
    bob.wait("CALL_CLOSED")
    cdr = server.wait_cdr()
    assert (cdr["from"], cdr["by"], float(cdr["talk"])) == ("ann", "caller", 0)
    assert server.rtp_ports_used() == 0


def test_the_next_one_has_the_agent_who_rings(server, register, line, tmp_path):
    """Who left is not what the phone rang for: it rings on, and is told whom it talks with."""
    bob = register("bob", answers=False)
    ann, carol = register("ann"), register("carol")
    line("bob")
    call(ann)
    bob.wait("CALL_INCOMING")
    call(carol)
    ann.hang_up()
    assert server.wait_cdr()["from"] == "ann"
    bob.answer()
    bob.wait("CALL_ESTABLISHED")
    spoken_by(carol, bob, CAROL, tmp_path)
    spoken_by(bob, carol, ANN, tmp_path)
    assert [e["type"] for e in bob.events.seen if e.get("type") in ("CALL_INCOMING", "CALL_CLOSED")] == ["CALL_INCOMING"]
    carol.hang_up()
    cdr = server.wait_cdr()
    assert (cdr["from"], cdr["by"]) == ("carol", "caller") and float(cdr["talk"]) > 1
    assert server.rtp_ports_used() == 0


def test_the_agent_is_told_whom_he_has(server, register, line, ladder):
    """His phone rang for ann, and shows carol."""
    bob = ladder("bob").register(PASSWORDS["bob"])
    bob.called(matches=["From: .*<sip:ann@"]).ringing(180).pause(3000)
    bob.reply(200, ["Allow: INVITE, ACK, BYE, CANCEL, UPDATE"], bob.sdp()).hear("ACK")
    bob.hear("UPDATE", matches=['P-Asserted-Identity: "Carol" <sip:carol@']).reply(200).pause(300).bye().start().wait_listening()
    ann, carol = register("ann"), register("carol")
    line("bob")
    call(ann)
    bob.wait_said("SIP/2.0 180")
    call(carol)
    ann.hang_up()
    bob.finish()
    carol.wait("CALL_CLOSED")


def test_whoever_answers_has_the_first_in_line(server, register, line, tmp_path):
    """dave is rung for the second caller and answers before bob does."""
    bob, dave = register("bob", answers=False), register("dave", answers=False)
    ann, carol = register("ann"), register("carol")
    line("bob", "dave")
    call(ann)
    bob.wait("CALL_INCOMING")
    call(carol)
    dave.wait("CALL_INCOMING")
    dave.answer()
    dave.wait("CALL_ESTABLISHED")
    spoken_by(ann, dave, ANN, tmp_path)
    bob.answer()
    bob.wait("CALL_ESTABLISHED")
    spoken_by(carol, bob, CAROL, tmp_path)
    ann.hang_up()
    assert (server.wait_cdr()["from"], bob.events.seen[-1].get("type") == "CALL_CLOSED") == ("ann", False)


THEN_A_MESSAGE = """flow line {
    queue "desk", agents: ["bob"], every: 0s, for: 2s { else { voicemail "line" } }
    hangup
}
"""


def test_a_busy_agent_is_no_busy_line(ctl, register, peer, tmp_path):
    """The message's greeting is the usual one: that of busy is for who called somebody that was."""
    bob, ann = peer("bob"), register("ann")
    ctl.add("line", virtual=True, voicemail=True)
    ctl.run("box", "greeting", "line", audio.PROMPTS / "vm-goodbye.wav")
    ctl.run("box", "greeting", "line", audio.PROMPTS / "vm-isonphone.wav", "--busy")
    ctl.attach_flow("line", build_flow(THEN_A_MESSAGE, tmp_path))
    call(ann)
    bob.reply(bob.wait("INVITE"), 486, "Busy Here")
    ann.wait_heard(audio.trim(audio.prompt("vm-goodbye")), timeout=20)


COUNTED = """permit dial connections at most 1
flow line {
    let more = header("X-More")  # no caller sends it, but now the agents' names come from outside
    queue "desk", agents: ["bob{more}", "dave{more}"], every: 0s { else { hangup } }
}
"""


def test_at_most_one_by_permit(server, ctl, register, tmp_path):
    register("bob"), register("dave")
    ann, carol = register("ann"), register("carol")
    ctl.add("line", virtual=True)
    ctl.attach_flow("line", build_flow(COUNTED, tmp_path))
    call(ann)
    wait_log(server, "bob talks")
    call(carol)
    wait_log(server, "waits at place 1")
    time.sleep(1)  # nothing is to happen
    assert not any("rings dave" in entry for entry in server.log.seen)
    ann.hang_up()
    wait_log(server, r"\w+ talks")


def test_agents_behind_a_trunk(server, ctl, register, line, tmp_path):
    """Who rings through a trunk is not handed on when the caller leaves: he is cancelled, and called anew for the next."""
    with Carrier(answers=["ring", 200]) as carrier:
        add_trunk(ctl, "carrier", carrier.gateway, "--number", "+48220000000")
        line("+48221234567", more=QUIET, permit='permit dial "+48*"')
        ann, carol = register("ann"), register("carol")
        call(ann)
        carrier.wait("INVITE")
        call(carol)
        wait_log(server, "waits at place 2")
        ann.hang_up()
        carrier.wait("CANCEL")
        wait_log(server, r"\+48221234567 talks")
        assert len(carrier.calls()) == 2
        carol.hang_up()
        carrier.wait("BYE")
    server.wait_cdr()  # carol's; ann's has been passed over
    assert [(cdr["from"], cdr["number"]) for cdr in server.cdrs()] == [("ann", "+48221234567"), ("carol", "+48221234567")]


def test_an_operator_sees_it(server, ctl, register, line):
    assert ctl.list("queues") == []
    register("bob"), register("dave", answers=False)
    ann, carol = register("ann"), register("carol")
    line("bob", "dave", "nobody")
    call(ann)
    wait_log(server, "bob talks")
    call(carol)
    wait_log(server, "rings dave")
    (row,) = ctl.list("queues")
    waits = [c["id"] for c in ctl.list("calls") if c["from"] == "carol"]
    assert (row["name"], row["waiting"], row["talking"], row["calls"]) == ("desk", 1, 1, waits)
    assert {a["user"]: a["state"] for a in row["agents"]} == {"bob": "talking", "dave": "ringing", "nobody": "offline"}
    assert 0 <= row["longest_ms"] < 10000
    assert "bob talking, dave ringing, nobody offline" in ctl.run("queues")


def test_a_new_version_of_the_flow_has_the_same_line(server, register, line):
    bob = register("bob", answers=False)
    ann, carol = register("ann"), register("carol")
    line("bob")
    call(ann)
    wait_log(server, "waits at place 1")
    line("bob", more=QUIET + ", for: 1m")
    call(carol)
    wait_log(server, "waits at place 2")
    bob.wait("CALL_INCOMING")
    bob.answer()
    wait_log(server, "bob talks")
    ann.hang_up()
    logged(server, "served, by caller")


def test_a_server_that_stops_ends_all_of_it(server, register, line):
    bob, dave = register("bob", answers=False), register("dave")
    ann, carol = register("ann"), register("carol")
    line("dave", "bob")
    call(ann)
    wait_log(server, "dave talks")
    call(carol)
    bob.wait("CALL_INCOMING")
    server.stop()
    for phone in (ann, carol, bob, dave):
        phone.wait("CALL_CLOSED")


def test_an_agent_transfers_the_caller(server, ctl, ladder, speaker, line):
    """As out of a bridge: the one who was served talks with the target, and the agent is free."""
    dave = ladder("ann").register(PASSWORDS["ann"])
    bob, carol = speaker("bob"), speaker("carol")
    line("ann")
    leave(refer(dave.answer_call().pause(1500), "carol"), "at once", 180, 200)
    dave.start().wait_listening()
    bob.dial("line")
    carol.wait("CALL_ESTABLISHED", 20)
    hear_each_other(bob, carol)
    dave.finish()
    logged(server, "served, by transfer")
    (row,) = ctl.list("queues")
    assert (row["waiting"], row["talking"], row["agents"][0]["state"]) == (0, 0, "free")
    carol.hang_up()
    bob.wait("CALL_CLOSED")


def test_a_place_in_the_line_is_transferred(server, ladder, speaker, line, tmp_path):
    """ann waits with her second line and puts bob, whom she has on the first, into her place."""
    fill(server.data / "sounds/hold")
    ann, consult = ladder("ann"), ladder("ann", add=False)
    bob, carol = speaker("bob"), speaker("carol", answers=False)
    line("carol", more=QUIET + ", ring: 1m")
    consult.call("line").hear("BYE", timeout=60000).reply(200).start(PASSWORDS["ann"]).wait_listening()
    replaces = consult.replaces()
    ann.call("bob").pause(500).request("REFER", [f"Refer-To: <sip:line@[remote_ip]:[remote_port]?Replaces={replaces}>"]).hear(202)
    told(ann, 100, 200).hear("BYE").reply(200).start(PASSWORDS["ann"]).finish()
    consult.finish()
    bob.wait_heard_in_pieces(audio.prompt("demo-abouttotry"), share=0.2)
    carol.wait("CALL_INCOMING")
    carol.answer()
    carol.wait("CALL_ESTABLISHED")
    hear_each_other(bob, carol)
    bob.hang_up()
    logged(server, "served, by caller")


def test_what_rings_for_a_queue_is_picked_up(server, ctl, ladder, taker, speaker, line, tmp_path):
    """By another phone that saw it ring: as if the agent had answered."""
    carol, dave = taker("ann"), ladder("dave").register(PASSWORDS["dave"])
    dave.called().ringing().hear("CANCEL", matches=["Call completed elsewhere"]).reply(200)
    dave.reply(487, to_invite=True).hear("ACK").start().wait_listening()
    bob = speaker("bob")
    line("dave", more=QUIET + ", ring: 1m")
    bob.dial("line")
    carol.take(unquote(dave.replaces()), "bob", early_only=True).hear("BYE").reply(200).start(PASSWORDS["ann"])
    dave.finish()
    carol.phone.wait_said("SIP/2.0 200")
    carol.talks_to(bob, tmp_path)
    bob.hang_up()
    carol.phone.finish()
    logged(server, "served, by caller")
    (row,) = ctl.list("queues")
    assert (row["waiting"], row["talking"]) == (0, 0)


CALLERS, LINE_MOST, TALK_S = 40, 20, 0.5
COMES = re.compile(r"call=(\w+) desk: waits at place")
TALKS = re.compile(r"call=(\w+) desk: \w+ talks")


def serve(agent):
    """Answers and talks a while, until nobody is left."""
    try:
        while True:
            agent.wait("CALL_ESTABLISHED", 8)
            time.sleep(TALK_S)  # the talk itself
            agent.hang_up()
    except Missing:
        pass


def test_a_crowd_is_served_in_its_order(server, ctl, register, line, tmp_path):
    """Forty callers in two seconds, two agents: some are served, some find no room, some wait too long."""
    bob, dave = register("bob"), register("dave")
    ctl.add("ann", PASSWORDS["ann"])
    line("bob", "dave", more=f"{QUIET}, for: 4s, most: {LINE_MOST}")
    crowd = sipp.Run("call", server, "ann", PASSWORDS["ann"], tmp_path / "sipp", service="line", calls=CALLERS, rate=20)
    threads = [threading.Thread(target=serve, args=(agent,)) for agent in (bob, dave)]
    for thread in threads:
        thread.start()
    result = crowd.wait()
    for thread in threads:
        thread.join()
    assert (result.succeeded, result.failed) == (CALLERS, 0), result.errors
    log = list(server.log.seen)
    count = {text: sum(entry.endswith(f"log: {text}") for entry in log) for text in ("served, by callee", "timeout", "full")}
    assert sum(count.values()) == CALLERS and all(count.values()), count
    came = [m[1] for m in map(COMES.search, log) if m]
    talked = [m[1] for m in map(TALKS.search, log) if m]
    assert talked == sorted(talked, key=came.index), "somebody was served before one who came earlier"
    assert server.rtp_ports_used() == 0
