"""Trunks against carriers that nobody here wrote: Kamailio, SIPp, Net::SIP; and their names by dnsmasq."""
import contextlib
import socket
import ssl
import subprocess
import threading

import pytest

import audio
from carrier import Carrier
from ctl import Ctl
from events import Events
from kamailio import Kamailio
from names import DeadNames, Names
from ports import free_port
from server import Server
from sip_peer import header
from test_bridge import talk
from test_transports import make_certificate
from test_trunks import add_trunk, logged, out, phone_of, trunk, wait_state  # noqa: F401 (a fixture among them)


# ---- Kamailio ----

@pytest.fixture
def eva(new_phone, tmp_path):
    """A telephone in the carrier's network, of which the server knows nothing."""
    return new_phone("eva", says=audio.sentence(tmp_path, "vm-intro", lead=0.5))


@pytest.mark.parametrize("algorithm", ["MD5", "SHA-256"])
def test_kamailio_registers_the_account_and_takes_calls(server, ctl, register, eva, out, tmp_path, algorithm):
    with Kamailio(server.sip, f"eva@127.0.0.1:{eva.sip_port}", algorithm=algorithm) as carrier:
        add_trunk(ctl, "carrier", carrier.gateway, "--domain", "carrier.example", "--user", "u123", "--register", "--number", "+48220000000", password="secret")
        wait_state(ctl, "carrier", "up")
        carrier.log.wait(lambda line: "registered u123" in line, 10, "registration")
        out()
        ann = register("ann", says=audio.sentence(tmp_path, "demo-thanks", lead=0.5))
        ann.dial("out")
        talk(ann, eva)  # both hear the other
        line = carrier.log.wait(lambda l: "outgoing +48221234567 from +48220000000" in l, 10, "call")
        assert "+48220000000@carrier.example" in line
        ann.hang_up()
        eva.wait("CALL_CLOSED")
        assert server.wait_cdr()["trunk"] == "carrier"
        assert server.rtp_ports_used() == 0


def test_kamailio_sends_the_accounts_calls(server, ctl, register, eva, tmp_path):
    with Kamailio(server.sip, f"eva@127.0.0.1:{eva.sip_port}") as carrier:
        add_trunk(ctl, "carrier", carrier.gateway, "--domain", "carrier.example", "--user", "u123", "--register", password="secret")
        ann = register("ann", says=audio.sentence(tmp_path, "demo-thanks", lead=0.5))
        ctl.run("number", "add", "+48220000000", "--to", "ann")
        wait_state(ctl, "carrier", "up")
        carrier.log.wait(lambda line: "registered u123" in line, 10, "registration")
        eva.dial(f"sip:+48220000000@{carrier.gateway}")
        ann.wait("CALL_ESTABLISHED")
        eva.wait_heard(audio.prompt("demo-thanks"))
        ann.wait_heard(audio.prompt("vm-intro"))
        eva.hang_up()
        ann.wait("CALL_CLOSED")
        cdr = server.wait_cdr()
        assert (cdr["came_by"], cdr["to"], cdr["from"]) == ("carrier", "+48220000000", "")


def calls_go_both_ways(server, ctl, register, eva, out, tmp_path, carrier, transport):
    """The account registers by that transport, a call goes out and one comes in, both ways."""
    add_trunk(ctl, "carrier", carrier.gateway, "--domain", carrier.domain, "--transport", transport, "--user", "u123", "--register", "--number", "+48220000000",
              password="secret")
    wait_state(ctl, "carrier", "up")
    registered = carrier.log.wait(lambda line: "registered u123" in line, 10, "registration")
    assert f"transport={transport}" in registered
    out()
    ann = register("ann", says=audio.sentence(tmp_path, "demo-thanks", lead=0.5))
    ctl.run("number", "add", "+48220000000", "--to", "ann")
    ann.dial("out")
    talk(ann, eva)
    carrier.log.wait(lambda line: f"by {transport}" in line, 10, "call")
    ann.hang_up()
    eva.wait("CALL_CLOSED")
    assert server.wait_cdr()["trunk"] == "carrier"
    eva.dial(f"sip:+48220000000@{carrier.gateway}")
    ann.wait("CALL_ESTABLISHED")
    ann.wait_heard_in_pieces(audio.prompt("vm-intro"))
    eva.hang_up()
    ann.wait("CALL_CLOSED")
    cdr = server.wait_cdr()
    assert (cdr["came_by"], cdr["to"]) == ("carrier", "+48220000000")


def test_kamailio_wants_longer_registrations(server, ctl, eva):
    with Kamailio(server.sip, f"eva@127.0.0.1:{eva.sip_port}", expires=3600, min_expires=900) as carrier:
        add_trunk(ctl, "carrier", carrier.gateway, "--domain", "carrier.example", "--user", "u123", "--register", "--expires", "1m", password="secret")
        wait_state(ctl, "carrier", "up")


def test_kamailio_by_tcp(server, ctl, register, eva, out, tmp_path):
    with Kamailio(server.sip, f"eva@127.0.0.1:{eva.sip_port}", transport="tcp") as carrier:
        calls_go_both_ways(server, ctl, register, eva, out, tmp_path, carrier, "tcp")


def authority(folder):
    """A certificate authority in files of the folder; returns its certificate."""
    make_certificate(folder, "authority")
    return folder / "authority.crt"


def certified(folder, name, subject):
    """A certificate of the authority for that subject alternative name, and its key."""
    cert, key = folder / f"{name}.crt", folder / f"{name}.key"
    request = subprocess.run(["openssl", "req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj", f"/CN={name}",
                              "-keyout", key], check=True, capture_output=True).stdout
    (folder / "extensions").write_text(f"subjectAltName={subject}\n")
    subprocess.run(["openssl", "x509", "-req", "-days", "2", "-CA", folder / "authority.crt", "-CAkey", folder / "authority.key", "-CAcreateserial",
                    "-extfile", folder / "extensions", "-out", cert], input=request, check=True, capture_output=True)
    return cert, key


@pytest.fixture
def tls_server(server, tmp_path):
    """The server, with TLS and the authority's word on who carriers are."""
    server.stop()
    trusted = authority(tmp_path)
    cert, key = certified(tmp_path, "server", "DNS:server.example")
    server.options += ["--tls-cert", cert, "--tls-key", key, "--tls-port", free_port(socket.SOCK_STREAM), "--ca-file", trusted]
    return server.start()


@pytest.mark.parametrize("subject,domain", [("DNS:carrier.example", "carrier.example"), ("DNS:*.carrier.example", "pl.carrier.example")])
def test_kamailio_by_tls(tls_server, ctl, register, eva, out, tmp_path, subject, domain):
    with Kamailio(tls_server.sip, f"eva@127.0.0.1:{eva.sip_port}", domain=domain, transport="tls", certificate=certified(tmp_path, "carrier", subject)) as carrier:
        calls_go_both_ways(tls_server, ctl, register, eva, out, tmp_path, carrier, "tls")


class Hasty:
    """A gateway that ends each connection as soon as it has read something."""

    def __init__(self, certificate):
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(*certificate)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.gateway = "127.0.0.1:%d" % self._listener.getsockname()[1]
        self.ended = Events("connections that the gateway ended")

    def __enter__(self):
        threading.Thread(target=self._work, daemon=True).start()
        return self

    def __exit__(self, *_):
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _work(self):
        with contextlib.suppress(OSError):
            while True:
                connection = self._listener.accept()[0]
                with self._context.wrap_socket(connection, server_side=True) as one:
                    one.recv(4096)
                self.ended.add("one")


def test_connections_that_a_gateway_ends_leave_no_memory(tls_server, ctl, tmp_path):
    """Nor do the names in its certificates. With ASan the leak check at the server's end judges as well."""
    def end(times):
        for _ in range(times):
            gateway.ended.wait(lambda _line: True, 20, "connection")
        return tls_server.memory()

    with Hasty(certified(tmp_path, "carrier", "DNS:carrier.example")) as gateway:
        add_trunk(ctl, "carrier", gateway.gateway, "--domain", "carrier.example", "--transport", "tls", "--ping", "20ms")
        before = end(50)
        after = end(200)
        if not tls_server.is_sanitized():
            assert after - before < 200 * 4, f"{before} KiB before, {after} now"


@pytest.mark.parametrize("subject,why", [("DNS:other.example", "hostname mismatch"), (None, "self-signed certificate")])
def test_a_carrier_that_is_not_who_it_should_be_gets_no_call(tls_server, ctl, register, eva, out, tmp_path, subject, why):
    certificate = certified(tmp_path, "carrier", subject) if subject else make_certificate(tmp_path, "carrier.example")
    with Kamailio(tls_server.sip, f"eva@127.0.0.1:{eva.sip_port}", transport="tls", certificate=certificate) as carrier:
        add_trunk(ctl, "carrier", carrier.gateway, "--domain", "carrier.example", "--transport", "tls", "--user", "u123", "--register", password="secret")
        wait_state(ctl, "carrier", "down", why=f"the gateway's certificate is refused: {why}")
        out()
        ann = register("ann")
        ann.dial("out")
        logged(tls_server, "failed the carrier does not answer")
        assert not [line for line in carrier.log.seen if "outgoing" in line or "registered u123" in line]


def test_a_tls_trunk_without_tls_says_so(ctl):
    add_trunk(ctl, "carrier", "127.0.0.5", "--transport", "tls")
    assert trunk(ctl, "carrier")["why"] == "TLS is off: start flowd with --tls-cert"


# ---- SIPp ----

def test_sipp_by_address(ctl, register, out, tmp_path, echo):
    add_trunk(ctl, "sipp", echo.gateway, "--ping", "0s")
    out()
    ann = register("ann", says=audio.sentence(tmp_path, "demo-thanks", lead=0.5))
    ann.dial("out")
    ann.wait("CALL_ESTABLISHED")
    ann.wait_heard(audio.prompt("demo-thanks"))  # its echo
    ann.hang_up()
    echo.wait()


# ---- Net::SIP ----

NET_SIP = r"""
use strict; use warnings; use Net::SIP qw(:all); $| = 1;
my ($address, $port) = @ARGV;
my $ua = Simple->new(leg => "$address:$port", from => "sip:carrier\@$address");
$ua->listen(auth_realm => "net.sip", auth_user2pass => { u123 => "secret" }, init_media => $ua->rtp("media_recv_echo"),
            cb_established => sub { print "established\n" }, cb_cleanup => sub { print "over\n" });
print "ready\n";
$ua->loop;
"""


def test_net_sip_asks_for_credentials_and_echoes(server, ctl, register, out, tmp_path):
    port = free_port()
    perl = subprocess.Popen(["perl", "-e", NET_SIP, "127.0.0.7", str(port)], stdout=subprocess.PIPE, text=True)
    try:
        assert perl.stdout.readline() == "ready\n"
        add_trunk(ctl, "perl", f"127.0.0.7:{port}", "--user", "u123", "--ping", "0s", password="secret")
        out()
        ann = register("ann", says=audio.sentence(tmp_path, "demo-thanks", lead=0.5))
        ann.dial("out")
        assert perl.stdout.readline() == "established\n"
        ann.wait_heard(audio.prompt("demo-thanks"))
        ann.hang_up()
        assert perl.stdout.readline() == "over\n"
    finally:
        perl.kill()
        perl.wait(10)


# ---- early media ----

def test_early_media_of_the_carrier_is_passed_on(server, ctl, register, out, new_phone):
    with Carrier(answers=[183]) as carrier:
        add_trunk(ctl, "carrier", carrier.gateway)
        out()
        ann = register("ann")
        ann.dial("out")
        ann.wait("CALL_PROGRESS")  # 183 with SDP has come through


# ---- names ----

def named(tmp_path, names, **options):
    return Server(tmp_path / "named", options=["--resolv-conf", names.conf], **options)


def test_naptr_and_srv_lead_to_the_gateways_in_their_order(tmp_path, new_phone):
    with Carrier("127.0.0.2", answers=[503]) as a, Carrier("127.0.0.3") as b:
        with Names(tmp_path, "--naptr-record=carrier.test,10,50,s,SIP+D2U,,_other._udp.carrier.test", f"--srv-host=_other._udp.carrier.test,b.carrier.test,{b.port},20,10",
                   f"--srv-host=_other._udp.carrier.test,a.carrier.test,{a.port},10,10", "--host-record=a.carrier.test,127.0.0.2", "--host-record=b.carrier.test,127.0.0.3") as names, \
                named(tmp_path, names) as server:
            ctl, ann = phone_of(server, new_phone)
            add_trunk(ctl, "carrier", "carrier.test")
            assert wait_state(ctl, "carrier", "up")["targets"] == 2
            ctl.run("connection", "set", "ann", "--dial", "+48*")
            ann.dial("+48221234567")
            assert b.wait_calls(1)[0].startswith("INVITE sip:+48221234567@carrier.test")
            assert len(a.calls()) == 1
            ann.wait("CALL_ESTABLISHED")
            # calls from those addresses are the trunk's
            ctl.run("number", "add", "+48220000000", "--to", "ann")
            b.invite(server.sip, "+48220000000")
            b.wait_response("SIP/2.0 180")


def test_srv_without_naptr_and_a_without_srv(tmp_path, new_phone):
    with Carrier("127.0.0.2") as a, Carrier("127.0.0.3") as b:
        with Names(tmp_path, f"--srv-host=_sip._udp.srv.test,a.srv.test,{a.port},10,10", "--host-record=a.srv.test,127.0.0.2", "--host-record=plain.test,127.0.0.3") as names, \
                named(tmp_path, names) as server:
            ctl = Ctl(server)
            add_trunk(ctl, "srv", "srv.test")
            add_trunk(ctl, "plain", f"plain.test:{b.port}")
            add_trunk(ctl, "none", "none.test")
            wait_state(ctl, "srv", "up")
            wait_state(ctl, "plain", "up")
            assert "there is no such name" in wait_state(ctl, "none", "down")["why"] or "no address" in trunk(ctl, "none")["why"]
            assert a.got("OPTIONS") and b.got("OPTIONS")


def test_a_dead_name_server_stalls_nothing(tmp_path, new_phone):
    with Carrier("127.0.0.2") as carrier, DeadNames(tmp_path) as names, named(tmp_path, names) as server:
        ctl, ann = phone_of(server, new_phone)
        add_trunk(ctl, "lost", "carrier.test", "--carries", "+44*")
        add_trunk(ctl, "carrier", carrier.gateway, "--carries", "+48*")
        names.wait_asked()  # a question is open from now on
        wait_state(ctl, "carrier", "up")
        assert trunk(ctl, "lost")["state"] == "starting"
        ctl.run("connection", "set", "ann", "--dial", "+*")
        ann.dial("+48221234567")
        carrier.wait_calls(1)
        ann.wait("CALL_ESTABLISHED")
        assert trunk(ctl, "lost")["state"] == "starting"  # it has been open all the time
        ann.hang_up()
        assert server.wait_cdr()["status"] == "200"
        ann.dial("+44201234567")  # nothing to try: told at once, not after a wait for names
        assert server.wait_cdr()["status"] == "503"
        assert "name servers do not answer" in wait_state(ctl, "lost", "down", timeout=180)["why"]


def test_addresses_outlive_the_name_server(tmp_path, new_phone):
    with Carrier("127.0.0.2") as a, Names(tmp_path, f"--srv-host=_sip._udp.srv.test,a.srv.test,{a.port},10,10", "--host-record=a.srv.test,127.0.0.2") as names, \
            named(tmp_path, names) as server:
        ctl, ann = phone_of(server, new_phone)
        add_trunk(ctl, "srv", "srv.test")
        wait_state(ctl, "srv", "up")
        ctl.run("connection", "set", "ann", "--dial", "+48*")
        names.stop()
        ctl.run("trunk", "test", "srv")  # asks anew, in vain, and keeps what it knew
        ann.dial("+48221234567")
        a.wait_calls(1)
        ann.wait("CALL_ESTABLISHED")
