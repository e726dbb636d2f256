"""`bridge` and `transfer` to a SIP URI: straight to its host, without a trunk."""
import re
import socket
import ssl
import threading

import pytest

import audio
from carrier import Carrier
from conftest import PASSWORDS
from ports import free_port
from server import build_flow
from sip_peer import header
from test_bridge import talk
from test_trunk_peers import certified, tls_server  # noqa: F401
from test_trunks import OUTCOMES, add_trunk, logged

LINE = """permit dial {permit}
flow line {{
    bridge {target} {{""" + OUTCOMES
SENDS = """permit dial "sip:*"
flow line {{
    transfer "{target}" {{
        on done        {{ log "sent" }}
        on failed(why) {{ log "not sent: {{why}}" }}
    }}
    pause 2s
}}"""
ALLOWS = ["Allow: INVITE, ACK, BYE, CANCEL, REFER, NOTIFY"]


@pytest.fixture
def far():
    """A SIP server elsewhere, of which nothing is known here but its address."""
    with Carrier() as one:
        yield one


@pytest.fixture
def line(ctl, tmp_path):
    """line(uri): the Connection `line` whose flow rings that URI; line(flow=…): another flow."""
    def attach(uri="", permit='"sip:*", "sips:*"', flow=None, more=""):
        ctl.add("line", virtual=True)
        ctl.attach_flow("line", build_flow(flow or LINE.format(permit=permit, target=f'"{uri}"{more}'), tmp_path))
    return attach


@pytest.fixture
def eva(new_phone, tmp_path):
    """A telephone elsewhere, of which the server knows nothing."""
    return new_phone("eva", says=audio.sentence(tmp_path, "vm-intro", lead=0.5))


@pytest.mark.parametrize("transport", ["", ";transport=udp", ";transport=tcp"])
def test_a_phone_elsewhere_is_called_and_both_hear_each_other(server, ctl, register, eva, line, tmp_path, transport):
    uri = f"sip:eva@127.0.0.1:{eva.sip_port}{transport}"
    line(uri)
    ann = register("ann", says=audio.sentence(tmp_path, "demo-thanks", lead=0.5))
    ann.dial("line")
    talk(ann, eva)
    ann.hang_up()
    eva.wait("CALL_CLOSED")
    cdr = server.wait_cdr()
    assert (cdr["from"], cdr["to"], cdr["by"], cdr["status"]) == ("ann", "line", "caller", "200")
    leg = next(entry for entry in server.log.seen if "INFO leg: " in entry and "side=callee" in entry)
    assert f"user={uri} " in leg and "trunk=" not in leg
    assert server.rtp_ports_used() == 0


def test_who_pays_is_shown_and_asserted_to_nobody(server, ctl, register, far, line):
    line(f"sip:eva@{far.gateway}")
    ann = register("ann")
    ann.dial("line")
    first = far.wait("INVITE")
    assert first.startswith(f"INVITE sip:eva@{far.gateway} SIP/2.0")
    assert re.search(r"<sip:line@127\.0\.0\.1>;tag=", header(first, "From"))
    assert not header(first, "P-Asserted-Identity") and not header(first, "Remote-Party-ID") and not header(first, "Privacy")
    ann.wait("CALL_ESTABLISHED")
    ann.hang_up()
    far.wait("BYE")
    ctl.run("number", "add", "+48220000001", "--to", "line")
    ann.dial("line")
    second = far.wait("INVITE", 2)
    assert "<sip:+48220000001@127.0.0.1>" in header(second, "From")
    assert int(header(second, "Max-Forwards")) < 70
    ann.wait("CALL_ESTABLISHED")
    far.bye(second)
    ann.wait("CALL_CLOSED")
    logged(server, "ended")


def test_a_caller_who_hides_is_anonymous_there(server, far, line, ladder):
    line(f"sip:eva@{far.gateway}")
    far.answers = [486]
    ann = ladder("ann")
    ann.begin("INVITE", "line", ["Privacy: full"], ann.sdp()).hear(100, optional=True).hear(486).ack_failure().start(PASSWORDS["ann"])
    invite = far.wait("INVITE")
    assert "anonymous@anonymous.invalid" in header(invite, "From") and header(invite, "Privacy") == "id"
    assert "line" not in header(invite, "From") and not header(invite, "P-Asserted-Identity")
    ann.finish()


@pytest.mark.parametrize("status, outcome", [
    (486, "busy"), (600, "busy"), (603, "declined"), (403, "declined"), (480, "offline"), (404, "failed the far end knows no such user"),
    (401, "failed the far end wants credentials"), (407, "failed the far end wants credentials"), (488, "failed no common codec"),
    (302, "failed the far end sends the call elsewhere"), (503, "failed the far end cannot take the call"), (482, "failed the call went in a circle")])
def test_what_the_far_end_answers_is_told_to_the_flow(server, register, far, line, status, outcome):
    far.answers = [status]
    line(f"sip:eva@{far.gateway}")
    ann = register("ann")
    ann.dial("line")
    ann.wait("CALL_CLOSED")
    logged(server, outcome)
    assert len(far.got("INVITE")) == 1
    assert server.rtp_ports_used() == 0


def test_it_rings_and_nobody_answers(server, register, far, line):
    far.answers = ["ring"]
    line(f"sip:eva@{far.gateway}", more=", ring: 2s")
    ann = register("ann")
    ann.dial("line")
    ann.wait("CALL_RINGING")
    ann.wait("CALL_CLOSED")
    far.wait("CANCEL")
    logged(server, "no_answer")


def test_nobody_is_there(server, register, line):
    line(f"sip:eva@127.0.0.1:{free_port(socket.SOCK_STREAM)};transport=tcp")
    ann = register("ann")
    ann.dial("line")
    ann.wait("CALL_CLOSED")
    logged(server, "failed the far end cannot be reached")


def test_a_host_that_says_nothing_is_given_up(server, register, far, line):
    far.answers = ["silent"]
    line(f"sip:eva@{far.gateway}")
    ann = register("ann")
    ann.dial("line")
    ann.wait("CALL_CLOSED", 15)
    logged(server, "failed the far end does not answer")


@pytest.mark.parametrize("uri, why", [
    ("sip:eva@127.0.0.2?Replaces=x", "the URI says more than whom to call"), ("sip:eva@192.0.2.1;maddr=127.0.0.2", "the URI says more than whom to call"),
    ("sip:eva:pw@127.0.0.2", "the URI says more than whom to call"), ("sip:eva@127.0.0.2;transport=sctp", "the URI's transport is not here"),
    ("sips:eva@127.0.0.2", "TLS is off: start flowd with --tls-cert"), ("sip:", "that is no SIP URI that can be called")])
def test_what_cannot_be_called_says_why(server, register, line, uri, why):
    line(uri)
    ann = register("ann")
    ann.dial("line")
    ann.wait("CALL_CLOSED")
    logged(server, f"failed {why}")


# ---- permits ----

def test_a_uri_that_comes_from_outside_needs_its_permit(server, ctl, far, line, ladder):
    """Data says whom: the permit is asked as the flow runs."""
    line(flow=LINE.format(permit=f'"sip:*@{far.gateway}"', target='header("X-Whom")'))
    far.answers = [486]
    rows = [("sip:eva@192.0.2.7", 500, "failed not permitted"), (f"sip:x@192.0.2.7?@{far.gateway}", 500, "failed not permitted"), (f"sip:eva@{far.gateway}", 486, "busy")]
    for n, (whom, status, says) in enumerate(rows):
        ann = ladder("ann", add=n == 0)
        ann.begin("INVITE", "line", [f"X-Whom: {whom}"], ann.sdp()).hear(100, optional=True).hear(status).ack_failure().start(PASSWORDS["ann"])
        logged(server, says)
        ann.finish()
    assert len(far.got("INVITE")) == 1


def test_the_payers_limits_hold(server, ctl, register, far, line):
    """It costs nothing, and counts as a call outside all the same."""
    line(f"sip:eva@{far.gateway}")
    ctl.run("connection", "set", "line", "--outside-calls", "1")
    ann, bob = register("ann"), register("bob")
    ann.dial("line")
    ann.wait("CALL_ESTABLISHED")
    bob.dial("line")
    bob.wait("CALL_CLOSED")
    logged(server, "limited")
    ann.hang_up()
    far.wait("BYE")


# ---- names ----

def test_a_name_is_looked_up_and_its_places_are_tried(server, register, far, line, asks):
    with Carrier("127.0.0.3", answers=[503]) as first:
        asks("--host-record=a.far.test,127.0.0.3", "--host-record=b.far.test,127.0.0.2",
              f"--srv-host=_sip._udp.far.test,a.far.test,{first.port},10,10", f"--srv-host=_sip._udp.far.test,b.far.test,{far.port},20,10")
        line("sip:eva@far.test")
        ann = register("ann")
        ann.dial("line")
        ann.wait("CALL_ESTABLISHED")
        assert len(first.got("INVITE")) == 1
        assert far.wait("INVITE").startswith("INVITE sip:eva@far.test SIP/2.0")
        ann.hang_up()
        far.wait("BYE")


def test_a_name_that_is_none(server, register, line, asks):
    asks("--host-record=other.test,127.0.0.3")
    line("sip:eva@far.test")
    ann = register("ann")
    ann.dial("line")
    ann.wait("CALL_CLOSED")
    logged(server, "failed far.test: there is no such name")


def test_an_address_of_ipv6(server, line, register):
    """The audio is of that family too."""
    server.stop()
    server.options += ["--listen", f"[::1]:{server.sip_port}"]
    server.start()
    with Carrier("::1") as there:
        line(f"sip:eva@{there.gateway}")
        ann = register("ann")
        ann.dial("line")
        invite = there.wait("INVITE")
        assert "\r\nc=IN IP6 ::1\r\n" in invite and "@[::1]>;tag=" in header(invite, "From")
        ann.wait("CALL_ESTABLISHED")
        assert len(there.rtp.recvfrom(2048)[0]) == 12 + 160
        there.bye(invite)
        ann.wait("CALL_CLOSED")


# ---- this server's own URIs ----

@pytest.mark.parametrize("named", [False, True], ids=["an address", "a name"])
def test_a_uri_of_this_server_rings_its_connection(server, ctl, register, line, asks, tmp_path, named):
    asks("--host-record=here.test,127.0.0.1")
    line(f"sip:bob@{'here.test:' + server.sip.split(':')[1] if named else server.sip}")
    bob = register("bob", says=audio.sentence(tmp_path, "vm-intro", lead=0.5))
    ann = register("ann", says=audio.sentence(tmp_path, "demo-thanks", lead=0.5))
    ann.dial("line")
    talk(ann, bob)
    assert [(c["from"], c["to"]) for c in ctl.list("calls")] == [("ann", "line")]
    bob.hang_up()
    ann.wait("CALL_CLOSED")
    logged(server, "ended")
    assert len(server.cdrs()) == 1


def test_a_uri_of_this_server_reaches_no_trunk(server, ctl, register, far, line):
    """A permit for a URI is none for a number."""
    add_trunk(ctl, "carrier", far.gateway)
    line(f"sip:+48221234567@{server.sip}")
    ann = register("ann")
    ann.dial("line")
    ann.wait("CALL_CLOSED")
    logged(server, "failed unknown target")
    assert not far.got("INVITE")


# ---- beside others ----

def test_a_hunt_goes_on_to_a_uri(server, ctl, register, eva, line, tmp_path):
    ctl.add("bob", PASSWORDS["bob"])
    line(flow=LINE.format(permit='"sip:*"', target=f'["bob", "sip:nobody@127.0.0.1:{free_port(socket.SOCK_STREAM)};transport=tcp", "{eva.uri()}"], hunt: yes'))
    ann = register("ann", says=audio.sentence(tmp_path, "demo-thanks", lead=0.5))
    ann.dial("line")
    talk(ann, eva)
    eva.hang_up()
    ann.wait("CALL_CLOSED")
    logged(server, "ended")


def test_a_connection_and_a_uri_ring_together(server, register, far, line):
    far.answers = ["ring"]
    line(flow=LINE.format(permit='"sip:*"', target=f'["bob", "sip:eva@{far.gateway}"]'))
    bob, ann = register("bob", answers=False), register("ann")
    ann.dial("line")
    bob.wait("CALL_INCOMING")
    far.wait("INVITE")
    bob.answer()
    ann.wait("CALL_ESTABLISHED")
    far.wait("CANCEL")
    bob.hang_up()
    ann.wait("CALL_CLOSED")


# ---- TLS ----

class ByTls:
    """Takes one connection by TLS and refuses the calls that come by it, with one status after another."""

    def __init__(self, certificate, statuses=(486,)):
        self._statuses = list(statuses)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self.requests = []
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(*certificate)
        threading.Thread(target=self._work, daemon=True).start()

    def _work(self):
        try:
            with self._context.wrap_socket(self._listener.accept()[0], server_side=True) as connection:
                while message := self._read(connection):
                    if message.startswith("INVITE"):
                        self._refuse(connection, message)
        except OSError:
            pass

    @staticmethod
    def _read(connection):
        """One message, its body too; '' at the end."""
        text = ""
        while not text.endswith("\r\n\r\n") and (more := connection.recv(1)):
            text += more.decode()
        length = int(header(text, "Content-Length") or header(text, "l") or 0)
        while len(text.partition("\r\n\r\n")[2]) < length:
            text += connection.recv(length).decode()
        return text

    def _refuse(self, connection, invite):
        self.requests.append(invite)
        lines = [f"{name}: {header(invite, name)}{';tag=x' if name == 'To' else ''}" for name in ("Via", "From", "To", "Call-ID", "CSeq")]
        connection.sendall("\r\n".join([f"SIP/2.0 {self._statuses.pop(0)} No", *lines, "Content-Length: 0", "", ""]).encode())

    def close(self):
        self._listener.close()


@pytest.mark.parametrize("uri", ["sips:eva@far.test:{port}", "sip:eva@far.test:{port};transport=tls"])
@pytest.mark.parametrize("subject, says", [("DNS:far.test", "busy"), ("DNS:other.test", "failed the certificate of far.test is refused: hostname mismatch")])
def test_by_tls_the_certificate_must_be_of_the_host(tls_server, register, line, asks, tmp_path, uri, subject, says):  # noqa: F811
    asks("--host-record=far.test,127.0.0.1")
    there = ByTls(certified(tmp_path, "far", subject))
    line(uri.format(port=there.port))
    ann = register("ann")
    ann.dial("line")
    ann.wait("CALL_CLOSED")
    logged(tls_server, says)
    assert len(there.requests) == (says == "busy")
    if there.requests and uri.startswith("sips:"):
        assert header(there.requests[0], "Contact").startswith("<sips:")
    there.close()


@pytest.mark.parametrize("srtp, profiles", [("off", ["RTP/AVP"]), ("optional", ["RTP/AVP", "RTP/SAVP"]), ("required", ["RTP/SAVP"])])
def test_keys_are_told_by_tls(tls_server, new_phone, ctl, line, asks, tmp_path, srtp, profiles):  # noqa: F811
    """And once again by RTP/SAVP, where RTP/AVP with keys is refused."""
    tls_server.options += ["--srtp", srtp]
    asks("--host-record=far.test,127.0.0.1")
    there = ByTls(certified(tmp_path, "far", "DNS:far.test"), [488] * (len(profiles) - 1) + [486])
    line(f"sips:eva@far.test:{there.port}")
    ctl.add("ann", PASSWORDS["ann"])
    ann = new_phone("ann", domain=tls_server.sip, password=PASSWORDS["ann"], expires=600, encryption="srtp-mand" if srtp == "required" else None)
    ann.wait("REGISTER_OK")
    ann.dial("line")
    ann.wait("CALL_CLOSED")
    logged(tls_server, "busy")
    assert [re.search(r"m=audio \d+ (\S+)", invite)[1] for invite in there.requests] == profiles
    assert [bool(re.search("^a=crypto:", invite, re.MULTILINE)) for invite in there.requests] == [srtp != "off"] * len(profiles)
    there.close()


def test_without_tls_no_key_is_told(server, new_phone, ctl, far, line):
    server.stop()
    server.options += ["--srtp", "required"]
    server.start()
    line(f"sip:eva@{far.gateway}")
    ctl.add("ann", PASSWORDS["ann"])
    ann = new_phone("ann", domain=server.sip, password=PASSWORDS["ann"], expires=600, encryption="srtp-mand")
    ann.wait("REGISTER_OK")
    ann.dial("line")
    ann.wait("CALL_CLOSED")
    logged(server, "failed audio has to be encrypted, and keys are told by TLS alone")
    assert not far.got("INVITE")


# ---- transfer ----

def test_a_phone_is_asked_to_call_the_uri(server, line, ladder):
    line(flow=SENDS.format(target="sip:eva@far.test"))
    ann = ladder("ann").call("line", headers=ALLOWS)
    ann.hear("REFER", matches=[r"Refer-To: <sip:eva@far\.test>"]).reply(202)
    ann.notify(100).notify(200, "terminated;reason=noresource").hear("BYE").reply(200)
    ann.start(PASSWORDS["ann"])
    logged(server, "sent")
    ann.finish()


@pytest.mark.parametrize("asked", [False, True], ids=["allows no REFER", "finds no such user"])
def test_a_phone_that_cannot_is_put_through(server, far, line, ladder, asked):
    """Its server, where it asks that one for every URI, knows only users of its own."""
    line(flow=SENDS.format(target=f"sip:eva@{far.gateway}"))
    ann = ladder("ann").call("line", headers=ALLOWS if asked else [])
    if asked:
        ann.hear("REFER").reply(202).notify(100).notify(404, "terminated;reason=noresource")
    ann.hear("INVITE", matches=[f"P-Asserted-Identity: <sip:eva@{far.gateway}>"]).reply(200, body=ann.sdp()).hear("ACK")
    ann.hear("BYE", timeout=20000).reply(200).start(PASSWORDS["ann"])
    invite = far.wait("INVITE")
    logged(server, "sent")
    assert "<sip:line@" in header(invite, "From")
    first = server.wait_cdr(30)
    ann.wait_said("ACK sip:ann@")
    far.bye(invite)
    ann.finish()
    second = server.wait_cdr(30)
    assert (first["to"], first["by"]) == ("line", "transfer")
    assert (second["from"], second["to"], second["parent"]) == ("ann", f"sip:eva@{far.gateway}", first["call"])
    assert server.rtp_ports_used() == 0


def test_a_caller_is_not_put_through_to_who_refuses(server, far, line, ladder):
    far.answers = [486]
    line(flow=SENDS.format(target=f"sip:eva@{far.gateway}"))
    ann = ladder("ann").call("line").hear("BYE", timeout=20000).reply(200).start(PASSWORDS["ann"])
    logged(server, "not sent: busy")
    ann.finish()


def test_a_transfer_to_this_servers_own_uri_is_one_to_the_user(server, ctl, line, ladder):
    ctl.add("bob", virtual=True)
    line(flow=SENDS.format(target=f"sip:bob@{server.sip}"))
    ann = ladder("ann").call("line", headers=ALLOWS).hear("REFER", matches=[r"Refer-To: <sip:bob@[0-9.:]*>"]).reply(202).request("BYE").hear(200)
    ann.start(PASSWORDS["ann"])
    logged(server, "sent")
    ann.finish()


@pytest.mark.parametrize("user", ["nobody", "+48221234567"])
def test_a_transfer_to_nobody_here(server, line, ladder, user):
    line(flow=SENDS.format(target=f"sip:{user}@{server.sip}"))
    ann = ladder("ann").call("line").hear("BYE", timeout=20000).reply(200).start(PASSWORDS["ann"])
    logged(server, "not sent: unknown target")
    ann.finish()
