"""Trunks: carriers by address and by registration, numbers in, calls out, limits. The carrier here is scripted (fake/carrier.py) where a test
wants to say what it answers; test_trunk_peers.py has Kamailio, SIPp and Net::SIP."""
import json
import os
import stat
import subprocess

import pytest

import audio
from carrier import Carrier
from conftest import PASSWORDS
from ctl import Ctl, Refused
from server import BIN, Server, build_flow
from sip_peer import header


@pytest.fixture
def carrier():
    with Carrier() as one:
        yield one


def add_trunk(ctl, name, gateways, *more, password=None):
    """flowctl trunk add, the password by standard input."""
    words = [BIN / "flowctl", "--socket", ctl.server.api, "trunk", "add", name, "--gateways", gateways, *more, *(["--password"] if password else [])]
    done = subprocess.run(list(map(str, words)), input=(password or "") + "\n", capture_output=True, text=True, timeout=30)
    assert done.returncode == 0, done.stderr
    return done


def trunk(ctl, name):
    return json.loads(ctl.run("--json", "trunk", "show", name))


def wait_state(ctl, name, state, timeout=20, why=None):
    import time
    end = time.monotonic() + timeout
    while (now := trunk(ctl, name))["state"] != state or why not in (None, now["why"]):
        assert time.monotonic() < end, now
        time.sleep(0.1)  # between two looks
    return now


# What a bridge has come to, logged.
OUTCOMES = """
        on ended        {{ log "ended"; hangup }}
        on busy         {{ log "busy"; reject busy }}
        on no_answer    {{ log "no_answer"; reject no_answer }}
        on declined     {{ log "declined"; reject declined }}
        on offline      {{ log "offline"; reject offline }}
        on limited      {{ log "limited"; reject limited }}
        on failed(why)  {{ log "failed {{why}}"; reject failed }}
    }}
}}"""
DIALS = """permit dial "+48*"
flow out {{
    bridge "{number}", ring: 20s {{""" + OUTCOMES


@pytest.fixture
def out(ctl, tmp_path):
    """out(number): the Connection `out` whose flow calls that number."""
    def attach(number="+48221234567", flow=DIALS):
        ctl.add("out", virtual=True)
        ctl.attach_flow("out", build_flow(flow.format(number=number), tmp_path))
    return attach


def logged(server, text):
    return server.log.wait(lambda line: f" log: {text}" in line, 20, f"line '{text}' of the flow")


# ---- out, from flows ----

def test_a_flow_calls_a_number_through_a_trunk(server, ctl, register, carrier, out):
    add_trunk(ctl, "carrier", carrier.gateway, "--number", "+48220000000", "--rates", "+48=0.60")
    out()
    ann = register("ann")
    ann.dial("out")
    invite = carrier.wait_calls(1)[0]
    assert invite.startswith("INVITE sip:+48221234567@127.0.0.2")
    ann.wait("CALL_ESTABLISHED")
    assert trunk(ctl, "carrier")["calls"] == 1
    assert "+48220000000@" in header(invite, "From") and "+48220000000@" in header(invite, "P-Asserted-Identity")
    carrier.bye(invite)
    ann.wait("CALL_CLOSED")
    cdr = server.wait_cdr()
    assert (cdr["trunk"], cdr["number"], cdr["by"]) == ("carrier", "+48221234567", "callee")
    assert 0 < float(cdr["cost"]) < 0.60
    assert trunk(ctl, "carrier")["calls"] == 0
    assert server.rtp_ports_used() == 0


def test_a_carrier_outside_is_told_the_advertised_address(server, ctl, register, carrier, out):
    server.stop()
    server.options = ["--advertise", "198.51.100.7", "--local-net", "127.0.0.1"]
    server.start()
    add_trunk(ctl, "carrier", carrier.gateway)
    out()
    register("ann").dial("out")
    invite = carrier.wait_calls(1)[0]
    assert "<sip:198.51.100.7:" in header(invite, "Contact") and "\r\nc=IN IP4 198.51.100.7\r\n" in invite


@pytest.mark.parametrize("algorithm, challenge", [("MD5", 401), ("MD5", 407), ("SHA-256", 407), ("MD5,SHA-256", 401)])
def test_a_challenge_is_answered(server, ctl, register, out, algorithm, challenge):
    with Carrier(account=("u123", 'p"ss'), algorithm=algorithm, challenge=challenge) as carrier:
        add_trunk(ctl, "carrier", carrier.gateway, "--user", "u123", password='p"ss')
        out()
        ann = register("ann")
        ann.dial("out")
        ann.wait("CALL_ESTABLISHED")
        first, second = carrier.got("INVITE")
        assert header(first, "Call-ID") == header(second, "Call-ID") and header(first, "From") == header(second, "From")
        cseq = int(header(first, "CSeq").split()[0])
        assert header(second, "CSeq") == f"{cseq + 1} INVITE"
        ann.hang_up()
        assert header(carrier.wait("BYE"), "CSeq") == f"{cseq + 2} BYE"


def test_a_wrong_password_is_told_and_not_tried_for_ever(server, ctl, register, out):
    with Carrier(account=("u123", "right")) as carrier:
        add_trunk(ctl, "carrier", carrier.gateway, "--user", "u123", password="wrong")
        out()
        ann = register("ann")
        ann.dial("out")
        logged(server, "failed the carrier refuses our credentials")
        assert len(carrier.got("INVITE")) == 2


@pytest.mark.parametrize("status, outcome", [
    (486, "busy"), (600, "busy"), (603, "declined"), (480, "no_answer"), (404, "failed no such number"), (484, "failed no such number"),
    (403, "failed the carrier does not allow this call"), (402, "failed the carrier wants payment"), (488, "failed no common codec"),
    (482, "failed the call went in a circle"), (503, "failed no carrier could take the call"), (500, "failed no carrier could take the call")])
def test_what_the_carrier_answers_is_told_to_the_flow(server, ctl, register, out, status, outcome):
    with Carrier(answers=[status]) as carrier:
        add_trunk(ctl, "carrier", carrier.gateway)
        out()
        ann = register("ann")
        ann.dial("out")
        logged(server, outcome)


def test_no_answer_and_the_caller_gives_up(server, ctl, register, out):
    with Carrier(answers=["ring"]) as carrier:
        add_trunk(ctl, "carrier", carrier.gateway)
        out()
        ann = register("ann")
        ann.dial("out")
        ann.wait("CALL_RINGING")
        ann.hang_up()
        carrier.wait("CANCEL")
        server.wait_cdr()
        assert server.rtp_ports_used() == 0


@pytest.mark.parametrize("first", [503, 500, 408, "silent", (503, {"Retry-After": "60"})])
def test_the_next_gateway_is_tried(server, ctl, register, out, first):
    with Carrier(answers=[first]) as a, Carrier("127.0.0.3") as b:
        add_trunk(ctl, "carrier", f"{a.gateway}/1,{b.gateway}/2", "--patience", "1s")
        out()
        ann = register("ann")
        ann.dial("out")
        b.wait_calls(1)
        ann.wait("CALL_ESTABLISHED")
        assert len(a.calls()) == 1
        ann.hang_up()
        ann.wait("CALL_CLOSED")
        ann.dial("out")
        b.wait_calls(2)
        # only the one that asked to be left alone is left alone
        assert len(a.calls()) == (1 if isinstance(first, tuple) else 2)


@pytest.mark.parametrize("final", [486, 404, 603])
def test_the_called_ones_word_is_final(server, ctl, register, out, final):
    with Carrier(answers=[final]) as a, Carrier("127.0.0.3") as b:
        add_trunk(ctl, "carrier", f"{a.gateway}/1,{b.gateway}/2")
        out()
        ann = register("ann")
        ann.dial("out")
        server.wait_cdr()
        assert len(a.calls()) == 1 and b.calls() == []


def test_the_next_trunk_is_tried_by_priority_and_by_what_it_carries(server, ctl, register, out):
    with Carrier(answers=[503]) as a, Carrier("127.0.0.3") as b, Carrier("127.0.0.4") as c:
        add_trunk(ctl, "b", b.gateway, "--priority", "20", "--format", "digits")
        add_trunk(ctl, "a", a.gateway, "--priority", "1", "--carries", "+4822*")
        add_trunk(ctl, "c", c.gateway, "--priority", "0", "--carries", "+44*")
        out()
        ann = register("ann")
        ann.dial("out")
        assert b.wait_calls(1)[0].startswith("INVITE sip:48221234567@")
        ann.wait("CALL_ESTABLISHED")
        assert len(a.calls()) == 1 and c.calls() == []
        ann.hang_up()
        assert server.wait_cdr()["trunk"] == "b"


def test_weights_share_the_calls(server, ctl, register, out):
    with Carrier(answers=[486]) as a, Carrier("127.0.0.3", answers=[486]) as b:
        add_trunk(ctl, "carrier", f"{a.gateway}/1/1,{b.gateway}/1/1")
        out()
        ann = register("ann")
        for n in range(1, 21):
            ann.dial("out")
            server.wait_cdr()
        # all twenty on one side: once in 500,000 runs
        assert len(a.calls()) + len(b.calls()) == 20 and a.calls() and b.calls()


def test_a_trunk_has_so_many_channels(server, ctl, register, carrier, out):
    add_trunk(ctl, "carrier", carrier.gateway, "--max-calls", "1")
    out()
    ann, bob = register("ann"), register("bob")
    ann.dial("out")
    ann.wait("CALL_ESTABLISHED")
    bob.dial("out")
    logged(server, "limited")
    assert len(carrier.calls()) == 1


def test_without_a_trunk_or_a_permit_nothing_goes_out(server, ctl, register, carrier, tmp_path, out):
    add_trunk(ctl, "carrier", carrier.gateway, "--carries", "+44*")
    out()
    ann = register("ann")
    ann.dial("out")
    logged(server, "failed no trunk")
    ctl.run("trunk", "set", "carrier", "--carries", "+*", "--disable")
    ann.dial("out")
    logged(server, "failed no trunk")
    assert carrier.calls() == [] and trunk(ctl, "carrier")["state"] == "off"


# ---- registering ----

def test_a_trunk_registers_refreshes_and_calls_arrive_at_the_account(server, ctl, register):
    with Carrier(account=("u123", "secret"), expires=2, nonce_serves=1) as carrier:
        add_trunk(ctl, "carrier", carrier.gateway, "--user", "u123", "--register", "--number", "+48220000000", password="secret")
        now = wait_state(ctl, "carrier", "up")
        assert now["registered_until"] and now["has_password"] and "secret" not in ctl.run("--json", "trunk", "list")
        assert carrier.contact.startswith("<sip:u123@127.0.0.1:")
        carrier.wait("REGISTER", 6)  # again and again, each time challenged
        ctl.run("number", "add", "+48220000000", "--to", _virtual(ctl))
        # to the account's contact, what was dialled in To
        carrier.invite(server.sip, "u123")
        carrier.wait_response("SIP/2.0 200")
        assert server.out and ctl.list("calls")[0]["to"] == "+48220000000"


def _virtual(ctl):
    ctl.add("menu", virtual=True)
    ctl.run("deploy", BIN.parent / "share/callflow/flows/welcome.flowc", "--name", "welcome")
    ctl.run("attach", "menu", "welcome")
    return "menu"


def test_a_refused_registration_says_why_and_is_tried_again(server, ctl):
    with Carrier(account=("u123", "right")) as carrier:
        add_trunk(ctl, "carrier", carrier.gateway, "--user", "u123", "--register", password="wrong")
        now = wait_state(ctl, "carrier", "down")
        assert "refuses user or password" in now["why"]
        with pytest.raises(Refused) as e:
            ctl.run("trunk", "test", "carrier")
        assert e.value.status == 1
        carrier.wait("REGISTER", 5)  # the back-off's second and third try
        subprocess.run([BIN / "flowctl", "--socket", server.api, "trunk", "set", "carrier", "--password"], input="right\n", text=True, check=True, timeout=30)
        assert "up" in ctl.run("trunk", "test", "carrier")


def test_registering_goes_to_the_next_gateway(server, ctl):
    with Carrier(account=("u", "p"), answers_options=False) as carrier, Carrier("127.0.0.3") as dead:
        dead._register = lambda *_: (503, "No")
        add_trunk(ctl, "carrier", f"{dead.gateway}/1,{carrier.gateway}/2", "--user", "u", "--register", "--ping", "0s", password="p")
        wait_state(ctl, "carrier", "up")
        assert len(dead.got("REGISTER")) == 1


# ---- whether it is there ----

def test_options_say_whether_a_gateway_is_there(server, ctl, register, out):
    with Carrier() as a, Carrier("127.0.0.3") as b:
        add_trunk(ctl, "carrier", f"{a.gateway}/1,{b.gateway}/2", "--ping", "1s", "--patience", "1s")
        out()
        ann = register("ann")
        assert wait_state(ctl, "carrier", "up")["targets"] == 2
        a.answers_options = False
        server.log.wait(lambda line: "does not answer" in line, 20, "a gateway that does not answer")
        assert trunk(ctl, "carrier")["why"] == "not every gateway answers"
        ann.dial("out")
        b.wait_calls(1)
        assert a.calls() == []  # known to be away: not even tried
        b.answers_options = False
        assert wait_state(ctl, "carrier", "down")["why"] == "no gateway answers OPTIONS"
        with pytest.raises(Refused):
            ctl.run("trunk", "test", "carrier")
        a.answers_options = True
        wait_state(ctl, "carrier", "up")
        assert "up" in ctl.run("trunk", "list")


# ---- in ----

def in_connection(ctl, number="+48221234567"):
    ctl.run("number", "add", number, "--to", _virtual(ctl))


@pytest.mark.parametrize("written, options", [
    ("+48221234567", []), ("48221234567", []), ("0048221234567", []), ("0221234567", ["--country", "48"]),
    ("221234567", ["--country", "48", "--format", "national"]), ("991234567", ["--strip", "2", "--prepend", "+4822"]),
    ("%2B48221234567", [])])
def test_a_did_is_rewritten_and_reaches_its_connection(server, ctl, carrier, written, options):
    add_trunk(ctl, "carrier", carrier.gateway, *options)
    in_connection(ctl)
    invite = carrier.invite(server.sip, written, caller="0048601000001")
    answer = carrier.wait_response("SIP/2.0 200")
    carrier.acknowledge(invite, answer, server.sip)
    (call,) = ctl.list("calls")
    assert (call["from"], call["to"], call["flow"]) == ("+48601000001", "+48221234567", "welcome")
    assert trunk(ctl, "carrier")["calls"] == 1
    carrier.acknowledge(invite, answer, server.sip, "BYE")
    cdr = server.wait_cdr()
    assert (cdr["came_by"], cdr["to"], cdr["by"]) == ("carrier", "+48221234567", "caller")


@pytest.mark.parametrize("more, diverted", [
    ("Diversion: <sip:0048229999999@c.example>;reason=user-busy\nDiversion: <sip:+48221111111@c.example>\n", "+48229999999"),
    ("Diversion: \"A; B\" <tel:+48-229-999-999>;reason=unknown\n", "+48229999999"),
    ("Diversion: <sip:ann@c.example>\n", None), ("Diversion: <<<\n", None), ("", None)])
def test_who_forwarded_a_carriers_call_is_in_the_record(server, ctl, carrier, more, diverted):
    """The latest, as a number of ours is written; what is none is left out."""
    add_trunk(ctl, "carrier", carrier.gateway)
    in_connection(ctl)
    invite = carrier.invite(server.sip, "+48221234567", more=more)
    answer = carrier.wait_response("SIP/2.0 200")
    carrier.acknowledge(invite, answer, server.sip)
    carrier.acknowledge(invite, answer, server.sip, "BYE")
    assert server.wait_cdr().get("diverted") == diverted


@pytest.mark.parametrize("caller, more, seen", [
    ("+48601000001", "", "+48601000001"),
    ("wrong", "P-Asserted-Identity: \"Eva\" <sip:+48601000002@c.example>, <tel:+48601000002>\n", "+48601000002"),
    ("wrong", "P-Asserted-Identity: <tel:+48-601-000-003>\n", "+48601000003"),
    ("anonymous", "", ""),
    ("+48601000001", "Privacy: id\nP-Asserted-Identity: <sip:+48601000002@c.example>\n", ""),
    ("ann", "", "")])  # no number: it must not look like the Connection ann
def test_who_calls_is_what_a_trusted_carrier_says(server, ctl, carrier, caller, more, seen):
    add_trunk(ctl, "carrier", carrier.gateway)
    in_connection(ctl)
    carrier.invite(server.sip, "+48221234567", caller=caller, more=more)
    carrier.wait_response("SIP/2.0 200")
    assert ctl.list("calls")[0]["from"] == seen


def test_what_is_not_attached_is_404_and_strangers_are_challenged(server, ctl, carrier):
    add_trunk(ctl, "carrier", carrier.gateway)
    in_connection(ctl)
    for number in ["+48220000001", "ann", "+44201234567"]:  # not attached; a user; no relay
        carrier.invite(server.sip, number)
        carrier.wait_response("SIP/2.0 404")
    with Carrier("127.0.0.9") as stranger:
        stranger.invite(server.sip, "+48221234567")
        stranger.wait_response("SIP/2.0 401")
        ctl.run("trunk", "set", "carrier", "--sources", "127.0.0.8/31")
        stranger.invite(server.sip, "+48221234567")
        stranger.wait_response("SIP/2.0 200")
    ctl.run("trunk", "remove", "carrier")
    carrier.invite(server.sip, "+48221234567")
    carrier.wait_response("SIP/2.0 401")


def test_channels_count_both_ways(server, ctl, carrier):
    add_trunk(ctl, "carrier", carrier.gateway, "--max-calls", "1")
    in_connection(ctl)
    carrier.invite(server.sip, "+48221234567", caller="+48601000001")
    carrier.wait_response("SIP/2.0 200")
    carrier.invite(server.sip, "+48221234567", caller="+48601000002")
    carrier.wait_response("SIP/2.0 486")


def test_a_call_that_comes_back_is_a_loop(server, ctl, carrier, out):
    add_trunk(ctl, "carrier", carrier.gateway, "--number", "+48220000000")
    out("+48229999999")
    ctl.run("number", "add", "+48221234567", "--to", "out")
    carrier.answers = ["ring"]
    carrier.invite(server.sip, "+48221234567")
    went_out = carrier.wait_calls(1)[0]
    assert int(header(went_out, "Max-Forwards")) == 69
    shown = header(went_out, "From").split("sip:")[1].split("@")[0]
    assert shown == "+48221234567"  # its own Number, not the caller's
    carrier.invite(server.sip, "+48221234567", caller=shown)
    carrier.wait_response("SIP/2.0 482")
    carrier.invite(server.sip, "+48221234567", caller="+48601000009", forwards=0)
    carrier.wait_response("SIP/2.0 483")
    carrier.invite(server.sip, "+48221234567", caller="+48601000009", forwards=1)
    logged(server, "failed the call went in a circle")


# ---- out, from telephones ----

def test_a_telephone_may_dial_nothing_outside_unless_a_rule_says_so(server, ctl, register, carrier):
    add_trunk(ctl, "carrier", carrier.gateway)
    ann = register("ann")
    ann.dial("+48221234567")
    server.log.wait(lambda line: "403 Not allowed to call this number" in line, 10, "refusal")
    ctl.run("connection", "set", "ann", "--dial", "+48*")
    ann.dial("+44201234567")
    server.log.wait(lambda line: "403 Not allowed to call this number" in line, 10, "refusal")
    assert carrier.calls() == []
    ann.dial("+48221234567")
    carrier.wait_calls(1)
    ann.wait("CALL_ESTABLISHED")
    assert ctl.list("calls")[0]["flow"] == "outbound"
    ann.hang_up()
    assert server.wait_cdr()["number"] == "+48221234567"


@pytest.fixture
def national(tmp_path):
    """A server in Poland as it was: national numbers with 0."""
    folder = tmp_path / "national"
    with Server(folder, options=["--country", "48", "--emergency", "112,991"]) as server:
        yield server


def phone_of(server, new_phone, user="ann", **options):
    ctl = Ctl(server)
    ctl.add(user, PASSWORDS[user])
    phone = new_phone(user, domain=server.sip, password=PASSWORDS[user], expires=600, **options)
    phone.wait("REGISTER_OK")
    return ctl, phone


def test_what_people_dial_becomes_e164_and_emergencies_always_go(national, new_phone, carrier):
    ctl, ann = phone_of(national, new_phone)
    add_trunk(ctl, "carrier", carrier.gateway, "--carries", "+48*")
    ctl.run("connection", "set", "ann", "--dial", "+48*", "--minutes-a-day", "1", "--outside-calls", "1")
    for n, (dialled, sent) in enumerate([("0221234567", "+48221234567"), ("0048221234567", "+48221234567"), ("112", "112"), ("991", "991")], 1):
        ann.dial(dialled)
        invite = carrier.wait_calls(n)[-1]
        assert invite.startswith(f"INVITE sip:{sent}@"), dialled
        ann.wait("CALL_ESTABLISHED")
        ann.hang_up()
        national.wait_cdr()
    ann.dial("1234")  # neither a user nor a number
    national.log.wait(lambda line: "404 Not Found" in line, 10, "refusal")


def test_the_day_is_limited_and_the_call_is_cut(server, ctl, register, carrier):
    # 0.60 a minute, so 0.05 is five seconds
    add_trunk(ctl, "carrier", carrier.gateway, "--rates", "+48=0.60")
    ann = register("ann")
    ctl.run("connection", "set", "ann", "--dial", "+48*", "--spend-a-day", "0.05")
    ann.dial("+48221234567")
    carrier.wait("BYE", timeout=30)
    server.log.wait(lambda line: "cut: the amount for today is spent" in line, 10, "reason")
    cdr = server.wait_cdr(30)  # after it was said to ann
    assert (cdr["cost"], cdr["limit"]) == ("0.0500", "spend")
    assert 4.5 < float(cdr["talk"]) < 8
    shown = json.loads(ctl.run("--json", "connection", "show", "ann"))
    assert (shown["spent_today"], shown["outside_calls_now"]) == ("0.05", 0)
    ann.dial("+48221234567")
    server.wait_cdr()
    assert len(carrier.calls()) == 1
    server.stop()
    server.start()  # the day's use is remembered
    ann.dial("+48221234567")
    server.log.wait(lambda line: "the amount for today is spent" in line, 10, "reason")
    ann.dial("112")  # an emergency is never limited
    carrier.wait_calls(2)


def test_minutes_are_reserved_by_calls_at_the_same_time(server, ctl, register, carrier):
    add_trunk(ctl, "carrier", carrier.gateway)
    ann = register("ann")
    ctl.run("connection", "set", "ann", "--dial", "+48*", "--minutes-a-day", "1", "--outside-calls", "2")
    ann.dial("+48221234567")
    ann.wait("CALL_ESTABLISHED")
    ann.dial("+48221234568")
    ann.wait("CALL_ESTABLISHED")
    assert json.loads(ctl.run("--json", "connection", "show", "ann"))["used_today_ms"] == 60000  # both halves are taken
    ann.dial("+48221234569")
    server.log.wait(lambda line: "too many outside calls at a time" in line, 10, "reason")
    ctl.run("connection", "set", "ann", "--outside-calls", "3")
    ann.dial("+48221234569")
    server.log.wait(lambda line: "the minutes of today are used up" in line, 10, "reason")
    server.crash()
    server.start()
    # what was taken when the power went stays taken: nobody gets it twice
    assert json.loads(ctl.run("--json", "connection", "show", "ann"))["used_today_ms"] == 60000


def test_only_own_numbers_are_shown(server, ctl, register, carrier):
    add_trunk(ctl, "carrier", carrier.gateway, "--number", "+48220000000", "--user", "acc", "--identity", "pai")
    ann = register("ann")
    ctl.run("connection", "set", "ann", "--dial", "+48*")
    ann.dial("+48221234567")
    first = carrier.wait_calls(1)[0]
    assert "<sip:acc@" in header(first, "From") and "+48220000000" in header(first, "P-Asserted-Identity")
    ctl.run("number", "add", "+48221111111", "--to", "ann")
    ann.hang_up()
    server.wait_cdr()
    ann.dial("+48221234567")
    assert "+48221111111" in header(carrier.wait_calls(2)[1], "P-Asserted-Identity")


# ---- the key, the command ----

def test_the_password_is_sealed_and_the_key_can_be_changed(server, ctl, carrier):
    carrier.account = ("u", "s3cret-of-the-trunk")
    add_trunk(ctl, "carrier", carrier.gateway, "--user", "u", "--register", password="s3cret-of-the-trunk")
    wait_state(ctl, "carrier", "up")
    key = server.data / "server.key"
    assert stat.S_IMODE(os.stat(key).st_mode) == 0o600
    before = key.read_text()
    assert "changed" in ctl.run("trunk", "rekey")
    assert key.read_text() != before and len(key.read_text().split()) == 1
    server.stop()
    for path in server.data.glob("directory.db*"):
        assert b"s3cret-of-the-trunk" not in path.read_bytes()
    assert "s3cret-of-the-trunk" not in (server.folder / "flowd.log").read_text()
    server.start()
    wait_state(ctl, "carrier", "up")
    server.stop()
    key.rename(server.data / "away")
    server.start()
    now = trunk(ctl, "carrier")
    assert now["state"] == "down" and "put that file back, or set the password again" in now["why"]
    with pytest.raises(Refused, match="rekey"):
        subprocess_set_password(server, "carrier", "x")
    ctl.run("trunk", "rekey")
    subprocess_set_password(server, "carrier", "s3cret-of-the-trunk")
    wait_state(ctl, "carrier", "up")


def subprocess_set_password(server, name, password):
    done = subprocess.run([BIN / "flowctl", "--socket", server.api, "trunk", "set", name, "--password"], input=password + "\n", text=True, capture_output=True, timeout=30)
    if done.returncode:
        raise Refused(done.returncode, done.stderr)


@pytest.mark.parametrize("words, said", [
    (["add", "x"], "--gateways LIST is missing"), (["add", "x", "--gateways", "a b"], "is no gateway"),
    (["add", "x", "--gateways", "a", "--transport", "sctp"], "must be one of udp, tcp, tls, auto"), (["add", "x", "--gateways", "a", "--rates", "48=1"], "is no rate"),
    (["add", "x", "--gateways", "a", "--sources", "1.2.3.4/40"], "is no source"), (["add", "x", "--gateways", "a", "--register"], "needs --user"),
    (["show", "x"], "there is no trunk 'x'"), (["remove", "x"], "there is no trunk 'x'"), (["test", "x"], "there is no trunk 'x'"),
    (["set", "x"], "nothing to change"), (["add", "x", "--gateways", "a", "--max-calls", "many"], "whole number")])
def test_mistakes_are_told(ctl, words, said):
    with pytest.raises(Refused, match=said.replace("(", "\\(")):
        ctl.run("trunk", *words)
