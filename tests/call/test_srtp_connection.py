"""Encrypted audio as each Connection wants it: off, optional or required, each leg by itself, and the record of it."""
import re

import pytest

import audio
from conftest import PASSWORDS
from ctl import Refused
from sip_peer import header
from test_cdr import legs
from test_srtp import MANDATORY, OFFERED, talk


def speakers(register, tmp_path, ann, bob):
    return (register("ann", says=audio.sentence(tmp_path, "demo-thanks", lead=0.5), encryption=ann),
            register("bob", says=audio.sentence(tmp_path, "vm-intro", lead=0.5), encryption=bob))


def hang_up(server, ann, bob):
    ann.hang_up()
    bob.wait("CALL_CLOSED")
    cdr = server.wait_cdr()
    return cdr["caller_srtp"], cdr["callee_srtp"]


@pytest.mark.parametrize("everybody", ["off", "optional"])
def test_what_one_requires_binds_nobody_else(server, ctl, register, tmp_path, everybody):
    server.options += ["--srtp", everybody]
    server.stop()
    server.start()
    ann, bob = speakers(register, tmp_path, None, MANDATORY)
    ctl.run("connection", "set", "bob", "--srtp", "required")
    talk(ann, bob)
    suites = hang_up(server, ann, bob)
    assert suites[0] == "-" and "AES_" in suites[1], suites
    assert bob.is_encrypted() and not ann.is_encrypted()
    assert [row["srtp"] for row in legs(server)] == list(suites)
    bob.dial("ann")  # and the other way
    ann.wait("CALL_ESTABLISHED")
    ann.wait_heard(audio.prompt("vm-intro"))


def test_what_everybody_is_required_one_need_not(server, ctl, register, tmp_path):
    server.options += ["--srtp", "required"]
    server.stop()
    server.start()
    ann, bob = speakers(register, tmp_path, MANDATORY, None)
    ctl.run("connection", "set", "bob", "--srtp", "off")
    talk(ann, bob)
    suites = hang_up(server, ann, bob)
    assert "AES_" in suites[0] and suites[1] == "-", suites


@pytest.mark.parametrize("caller", [None, OFFERED, MANDATORY])
def test_a_phone_that_insists_is_called(server, register, tmp_path, caller):
    """Under optional: it refuses RTP/AVP, with crypto lines too, and is called again by RTP/SAVP."""
    ann, bob = speakers(register, tmp_path, caller, MANDATORY)
    talk(ann, bob)
    suites = hang_up(server, ann, bob)
    assert "AES_" in suites[1] and (suites[0] != "-") == bool(caller)
    rows = [row for row in legs(server) if row["side"] == "callee"]
    assert [row["status"] for row in rows] == ["488", "200"]


@pytest.mark.parametrize("status", [415, 488, 606])
def test_the_second_offer_is_the_last(server, register, peer, status):
    bob, ann = peer("bob"), register("ann")
    ann.dial("bob")
    first = bob.wait("INVITE")
    bob.reply(first, status, "No")
    second = bob.wait("INVITE")
    bob.reply(second, status, "No")
    ann.wait("CALL_CLOSED")
    server.wait_cdr()
    assert " RTP/AVP " in first and "a=crypto" not in first
    assert " RTP/SAVP " in second and re.search(r"^a=crypto:1 \w*AES_\w+ inline:", second, re.MULTILINE)
    assert header(first, "Call-ID") != header(second, "Call-ID")
    assert [row["status"] for row in legs(server) if row["side"] == "callee"] == [str(status)] * 2


@pytest.mark.parametrize("setting,status", [("off", 488), ("required", 488), ("", 486)])
def test_there_is_no_second_offer(server, ctl, register, ladder, setting, status):
    """Of a Connection that has one way only, or that is busy."""
    bob = ladder("bob").register(PASSWORDS["bob"])
    ctl.run("connection", "set", "bob", "--srtp", setting)
    bob.called(matches=[f"m=audio [0-9]+ RTP/{'SAVP' if setting == 'required' else 'AVP'} "]).reply(status).hear("ACK").start().wait_listening()
    ann = register("ann")
    ann.dial("bob")
    ann.wait("CALL_CLOSED")
    bob.finish()
    server.wait_cdr()
    assert [row["status"] for row in legs(server) if row["side"] == "callee"] == [str(status)]


@pytest.mark.parametrize("setting,proto,why", [
    ("required", "RTP/AVP", "audio has to be encrypted: offer RTP/SAVP with a=crypto"),
    ("off", "RTP/SAVP", "encrypted audio is switched off: offer RTP/AVP"),
    ("", "RTP/SAVP", "no suite of a=crypto in common"),
])
def test_a_refusal_says_why(ctl, register, ladder, setting, proto, why):
    register("bob")
    ann = ladder("ann")
    ctl.run("connection", "set", "ann", "--srtp", setting)
    offer = ann.sdp().replace("RTP/AVP", proto)
    ann.begin("INVITE", "bob", body=offer).hear(100, optional=True).hear(488, matches=[f'Warning: 399 callflow "{why}"']).ack_failure()
    ann.start(PASSWORDS["ann"]).finish()


def test_who_came_by_savp_is_offered_savp(register, ladder):
    """A re-INVITE without an offer, in a talk that is encrypted: ours is made as theirs was."""
    bob, ann = register("bob"), ladder("ann")

    def secured():
        return ann.sdp().replace("RTP/AVP", "RTP/SAVP") + "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5\n"

    savp = ["m=audio [0-9]+ RTP/SAVP ", "a=crypto:1 AES_CM_128_HMAC_SHA1_80 "]
    ann.begin("INVITE", "bob", body=secured()).hear(100, optional=True).hear(180, optional=True).hear(200, matches=savp, rrs=True).ack()
    ann.request("INVITE").hear(100, optional=True).hear(200, matches=savp[:1] + ["a=crypto:[0-9]+ AES_CM_128_HMAC_SHA1_80 "]).ack()
    ann.bye().start(PASSWORDS["ann"]).finish()
    bob.wait("CALL_CLOSED")


@pytest.mark.parametrize("setting,order,takes", [("required", "plain first", "SAVP"), ("", "plain first", "SAVP"), ("off", "secure first", "AVP"),
                                                 ("", "secure first", "SAVP")])
def test_of_two_lines_one_is_taken(server, ctl, speaker, ladder, setting, order, takes):
    """Each keeps its place in all that is said afterwards: when the phone holds, and in the server's own offer (RFC 3264 §6, §8)."""
    bob, ann = speaker("bob"), ladder("ann")
    ctl.run("connection", "set", "ann", "--srtp", setting)
    protos = ["AVP", "SAVP"] if order == "plain first" else ["SAVP", "AVP"]

    def lines(ports, direction="sendrecv"):
        session, audio_line = re.match(r"(.*?)(m=audio .*)", ann.sdp(direction), re.DOTALL).groups()
        made = [re.sub(r"m=audio \d+ RTP/AVP", f"m=audio {port} RTP/{proto}", audio_line) for port, proto in zip(ports, protos)]
        return session + "".join(line + ("a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5\n" if proto == "SAVP" else "")
                                 for line, proto in zip(made, protos))

    answer = ["[^=]*".join(f"m=audio {'[1-9][0-9]*' if proto == takes else '0'} RTP/{proto} .*" for proto in protos)]
    answer += ["a=crypto:1 AES_CM_128_HMAC_SHA1_80 "] if takes == "SAVP" else []
    lacks = [] if takes == "SAVP" else ["a=crypto"]
    both, one = [ann.audio, ann.audio], [ann.audio if proto == takes else 0 for proto in protos]
    ann.begin("INVITE", "bob", body=lines(both)).hear(100, optional=True).hear(180, optional=True)
    ann.hear(200, matches=answer, lacks=lacks, rrs=True).ack()
    ann.request("INVITE", body=lines(one, "sendonly")).hear(100, optional=True).hear(200, matches=answer + ["a=recvonly"], lacks=lacks).ack()
    ann.request("INVITE").hear(100, optional=True).hear(200, matches=answer[:1], lacks=lacks).ack(lines(one))
    ann.bye().start(PASSWORDS["ann"]).finish()
    bob.wait("CALL_CLOSED")
    assert (server.wait_cdr()["caller_srtp"] != "-") == (takes == "SAVP")


def test_the_admin_sees_and_sets_it(ctl):
    ctl.add("ann", "secret")
    assert ctl.list_one("connection", "show", "ann")["srtp"] == ""
    assert "as the server says" in ctl.run("connection", "show", "ann")
    ctl.run("connection", "set", "ann", "--srtp", "required")
    ctl.run("connection", "set", "ann", "--ring-time", "30s")  # what is not named stays
    assert ctl.list_one("connection", "show", "ann")["srtp"] == "required"
    with pytest.raises(Refused, match="--srtp must be one of off, optional, required, not 'always'"):
        ctl.run("connection", "set", "ann", "--srtp", "always")
    ctl.run("connection", "set", "ann", "--srtp", "")
    assert ctl.list_one("connection", "show", "ann")["srtp"] == ""
    ctl.run("connection", "add", "eve", "--name", "Eve", "--srtp", "off")
    assert ctl.list_one("connection", "show", "eve")["srtp"] == "off"
