"""TCP and TLS beside UDP, IPv6, several addresses: real phones, raw sockets, and openssl as the judge of certificates."""
import contextlib
import os
import re
import signal
import socket
import ssl
import subprocess

import pytest

import audio
from ctl import Refused
from ports import free_port
from sip_peer import SipPeer, header


def make_certificate(folder, name):
    """A self-signed certificate with its key in files of the folder."""
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
                    "-subj", f"/CN={name}", "-keyout", folder / f"{name}.key", "-out", folder / f"{name}.crt"], check=True, capture_output=True)
    return folder / f"{name}.crt", folder / f"{name}.key"


@pytest.fixture
def tls(server, tmp_path):
    """The server, restarted with a certificate; gives the port of TLS and the files in use."""
    cert, key = tmp_path / "server.crt", tmp_path / "server.key"
    for made, used in zip(make_certificate(tmp_path, "first"), (cert, key)):
        used.write_bytes(made.read_bytes())
    server.stop()
    port = free_port(socket.SOCK_STREAM)
    server.options = ["--tls-cert", cert, "--tls-key", key, "--tls-port", port]
    server.start()
    return port, cert, key


def subject(port):
    """The name in the certificate that the server shows now."""
    shown = subprocess.run(["openssl", "s_client", "-connect", f"127.0.0.1:{port}"], stdin=subprocess.DEVNULL, capture_output=True,
                           text=True, timeout=20)
    return re.search(r"subject=.*CN\s*=\s*(\w+)", shown.stdout)[1]


def tls_client():
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


def tls_socket(port):
    return tls_client().wrap_socket(socket.create_connection(("127.0.0.1", port), timeout=10))


def options(transport, via):
    return (f"OPTIONS sip:127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/{transport} {via};branch=z9hG4bKo;rport\r\nMax-Forwards: 70\r\n"
            f"From: <sip:x@127.0.0.1>;tag=o\r\nTo: <sip:127.0.0.1>\r\nCall-ID: o\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n").encode()


@pytest.mark.parametrize("transport", ["tcp", "tls"])
def test_phones_by_connection_talk_both_ways(server, ctl, tls, new_phone, register, transport):
    """A phone that registered by a connection is called on it, and talks with one of UDP."""
    ctl.add("ann", "ann-secret")
    port = tls[0] if transport == "tls" else server.sip_port
    ann = new_phone("ann", domain=f"127.0.0.1:{port};transport={transport}", password="ann-secret", expires=600)
    ann.wait("REGISTER_OK")
    assert f"transport={transport}" in ctl.list("registrations")[0]["source"]
    bob = register("bob")
    bob.dial("ann")
    ann.wait("CALL_ESTABLISHED")
    bob.wait("CALL_ESTABLISHED")
    for speaker, listener in ((ann, bob), (bob, ann)):
        speaker.speak(audio.sentence(speaker.folder, "vm-intro"))
        listener.wait_heard(audio.prompt("vm-intro"))
    ann.hang_up()
    bob.wait("CALL_CLOSED")
    assert server.wait_cdr()["status"] == "200"
    ann.dial("bob")
    bob.wait("CALL_ESTABLISHED")
    bob.hang_up()
    ann.wait("CALL_CLOSED")


def test_a_renewed_certificate_needs_no_restart(server, ctl, tls, tmp_path):
    port, cert, key = tls
    assert subject(port) == "first"
    up = tls_socket(port)
    second_cert, second_key = make_certificate(tmp_path, "second")
    cert.write_bytes(second_cert.read_bytes())
    with pytest.raises(Refused, match="key"):
        ctl.run("tls", "reload")  # the key is still the first one's
    assert subject(port) == "first"
    key.write_bytes(second_key.read_bytes())
    ctl.run("tls", "reload")
    assert subject(port) == "second"
    cert.write_text("no certificate")
    with pytest.raises(Refused, match="no certificate in PEM"):
        ctl.run("tls", "reload")
    assert subject(port) == "second"
    third_cert, third_key = make_certificate(tmp_path, "third")
    cert.write_bytes(third_cert.read_bytes())
    key.write_bytes(third_key.read_bytes())
    server._process.send_signal(signal.SIGHUP)
    server.log.wait(lambda line: "is used from now on" in line and "tls" in line, 20, "word of the new certificate")
    while subject(port) != "third":
        pass
    up.sendall(options("TLS", "127.0.0.1:9"))  # the old connection goes on
    assert up.recv(65535).startswith(b"SIP/2.0 200")
    up.close()


def test_without_a_certificate_there_is_nothing_to_reload(ctl):
    with pytest.raises(Refused, match="--tls-cert"):
        ctl.run("tls", "reload")


def test_half_open_handshakes_stall_nobody(server, ctl, tls):
    """Connections that never say hello, or stop in the middle of it, beside phones that are served."""
    port = tls[0]
    idle = [socket.create_connection(("127.0.0.1", port), timeout=10) for _ in range(100)]
    for one in idle[::2]:
        one.sendall(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03")  # the first bytes of a ClientHello
    ctl.add("ann", "secret")
    with SipPeer(server.sip, "ann", "secret") as peer:
        assert peer.register().startswith("SIP/2.0 200")
    with tls_socket(port) as good:
        good.sendall(options("TLS", "127.0.0.1:9"))
        assert good.recv(65535).startswith(b"SIP/2.0 200")
    for one in idle:
        one.close()


def be_refused(port):
    """Speaks no TLS, and waits until the server has ended the connection."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as one, contextlib.suppress(ConnectionError):
        one.sendall(b"no TLS at all\r\n\r\n")
        while one.recv(4096):
            pass


def test_ended_connections_leave_no_memory(server, tls):
    """With ASan the leak check at the server's end judges as well."""
    def come_and_go(times):
        for _ in range(times):
            with tls_socket(tls[0]) as one:
                one.sendall(options("TLS", "127.0.0.1:9"))
                assert one.recv(65535).startswith(b"SIP/2.0 200")
            be_refused(tls[0])
        return server.memory()

    before = come_and_go(100)
    after = come_and_go(200)
    if not server.is_sanitized():
        assert after - before < 200 * 4, f"{before} KiB before, {after} now"


class Pieces:
    """A TLS connection whose records are sent as the test wants: in pieces."""

    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=10)
        self._came, self._goes = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls = tls_client().wrap_bio(self._came, self._goes)
        self._until_done(self._tls.do_handshake)
        self.socket.sendall(self._goes.read())

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def record_of(self, text):
        self._tls.write(text)
        return self._goes.read()

    def read(self):
        return self._until_done(lambda: self._tls.read(65535))

    def _until_done(self, step):
        while True:
            try:
                return step()
            except ssl.SSLWantReadError:
                self.socket.sendall(self._goes.read())
                self._came.write(self.socket.recv(65535))


def test_a_failed_handshake_ends_no_other_connection(server, tls):
    """What OpenSSL says of the one is not taken for the other's, of which half a record has come."""
    with Pieces(tls[0]) as good:
        good.socket.sendall(good.record_of(options("TLS", "127.0.0.1:9")))
        assert good.read().startswith(b"SIP/2.0 200")
        record = good.record_of(options("TLS", "127.0.0.1:9").replace(b"z9hG4bKo", b"z9hG4bKp"))
        be_refused(tls[0])
        good.socket.sendall(record[:20])
        with tls_socket(tls[0]) as later:  # when this one is served, the half has been read
            later.sendall(options("TLS", "127.0.0.1:9").replace(b"z9hG4bKo", b"z9hG4bKq"))
            assert later.recv(65535).startswith(b"SIP/2.0 200")
        good.socket.sendall(record[20:])
        assert good.read().startswith(b"SIP/2.0 200")


def test_a_slow_peer_stalls_nobody(server, ctl):
    """A request in single bytes, and one that never ends, beside one that is served."""
    slow, endless = (socket.create_connection(("127.0.0.1", server.sip_port), timeout=10) for _ in range(2))
    endless.sendall(b"INVITE sip:x SIP/2.0\r\n")
    text = options("TCP", "127.0.0.1:9")
    ctl.add("ann", "secret")
    with SipPeer(server.sip, "ann", "secret") as peer:
        for n in range(len(text)):
            slow.sendall(text[n:n + 1])
            if n % 50 == 0:
                assert peer.register().startswith("SIP/2.0 200")
    assert slow.recv(65535).startswith(b"SIP/2.0 200")
    slow.close()
    endless.close()


@pytest.mark.parametrize("secure", [False, True])
def test_keepalives_on_connections_are_answered(server, tls, secure):
    """RFC 5626 §4.4.1: CRLF CRLF gets CRLF."""
    with tls_socket(tls[0]) if secure else socket.create_connection(("127.0.0.1", server.sip_port), timeout=10) as one:
        one.settimeout(10)
        one.sendall(b"\r\n\r\n")
        assert one.recv(100) == b"\r\n"


def test_keepalives_by_datagram_do_no_harm(server):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        one.settimeout(10)
        for keepalive in (b"\r\n", b"\r\n\r\n", b"\0\0\0\0", b" ", b"", b"\0\1\0\0\x21\x12\xa4\x42" + bytes(12)):
            one.sendto(keepalive, ("127.0.0.1", server.sip_port))
        one.sendto(options("UDP", "127.0.0.1:9"), ("127.0.0.1", server.sip_port))
        while not (answer := one.recv(65535)).startswith(b"SIP/2.0"):
            pass
        assert answer.startswith(b"SIP/2.0 200")
        via = header(answer.decode(), "Via")
        assert f"rport={one.getsockname()[1]}" in via and "received=127.0.0.1" in via


def test_phones_of_both_families_hear_each_other(server, ctl, new_phone, tmp_path):
    """Each leg's audio has the family of its phone."""
    server.stop()
    server.options = ["--listen", f"[::1]:{server.sip_port}"]
    server.start()
    for user in ("ann", "bob"):
        ctl.add(user, f"{user}-secret")
    bob = new_phone("bob", domain=f"[::1]:{server.sip_port}", address="::1", password="bob-secret", expires=600, says=audio.sentence(tmp_path, "vm-intro", lead=0.5))
    bob.wait("REGISTER_OK")
    ann = new_phone("ann", domain=server.sip, password="ann-secret", expires=600, says=audio.sentence(tmp_path, "demo-thanks", lead=0.5))
    ann.wait("REGISTER_OK")
    for caller, callee, called in ((ann, bob, "bob"), (bob, ann, "ann")):
        caller.dial(called)
        caller.wait("CALL_ESTABLISHED")
        callee.wait("CALL_ESTABLISHED")
        bob.wait_heard_in_pieces(audio.prompt("demo-thanks"))
        ann.wait_heard_in_pieces(audio.prompt("vm-intro"))
        caller.hang_up()
        callee.wait("CALL_CLOSED")
        caller.wait("CALL_CLOSED")
        assert server.wait_cdr()["status"] == "200"


def test_signalling_is_marked(server, ctl, register):
    """Answers from the gate and requests of the stack: DSCP CS3."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        one.settimeout(10)
        one.bind(("127.0.0.1", 0))
        one.setsockopt(socket.IPPROTO_IP, socket.IP_RECVTOS, 1)
        one.sendto(options("UDP", "127.0.0.1:9"), ("127.0.0.1", server.sip_port))
        assert marking(one) == 24
    with SipPeer(server.sip, "bob", "bob-secret") as bob:
        ctl.add("bob", "bob-secret")
        bob.register()
        bob.socket.setsockopt(socket.IPPROTO_IP, socket.IP_RECVTOS, 1)
        register("ann").dial("bob")
        assert marking(bob.socket) == 24


def marking(one):
    """The DSCP of the next datagram."""
    _, ancillary, _, _ = one.recvmsg(65535, 64)
    return ancillary[0][2][0] >> 2


def test_several_addresses_and_ipv6(server, ctl):
    server.stop()
    extra = free_port()
    server.options = ["--listen", f"[::1]:{server.sip_port}", "--listen", f"udp:127.0.0.2:{extra}"]
    server.start()
    with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as six, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as four, \
            socket.create_connection(("::1", server.sip_port), timeout=10) as stream:
        for one, to in ((six, ("::1", server.sip_port)), (four, ("127.0.0.2", extra))):
            one.settimeout(10)
            one.sendto(options("UDP", "192.0.2.1:9"), to)
            assert one.recv(65535).startswith(b"SIP/2.0 200")
        stream.sendall(options("TCP", "192.0.2.1:9"))
        assert stream.recv(65535).startswith(b"SIP/2.0 200")


@pytest.mark.parametrize("words, message", [
    (["--listen", "nowhere"], "--listen wants an address"),
    (["--listen", "tls:127.0.0.1:5061"], "for UDP and TCP"),
    (["--listen", "127.0.0.1", "--listen", "tls:127.0.0.1:5061"], "needs a certificate"),
    (["--listen", "192.0.2.253"], "no address of this machine"),
    (["--listen", "127.0.0.1", "--tls-cert", "/nowhere.pem"], "/nowhere.pem cannot be read"),
    (["--advertise", "example.com"], "--advertise wants an address"),
    (["--local-net", "10.1.0.0/8"], "--local-net wants a network"),
])
def test_addresses_that_cannot_be(tmp_path, words, message):
    from server import BIN
    done = subprocess.run([BIN / "flowd", "--data", tmp_path / "data", "--sip-port", "0", *words], capture_output=True, text=True, timeout=30)
    assert done.returncode and message in done.stderr


@pytest.mark.parametrize("local, wanted", [("127.0.0.0/8", "127.0.0.1"), ("10.0.0.0/8", "198.51.100.7")])
def test_the_advertised_address_goes_outside(server, ctl, new_phone, local, wanted):
    """Contact, Via and the SDP's c= name the address that the peer can reach."""
    server.stop()
    server.options = ["--advertise", "198.51.100.7", "--local-net", local]
    server.start()
    for user in ("ann", "bob"):
        ctl.add(user, f"{user}-secret")
    with SipPeer(server.sip, "bob", "bob-secret") as bob:
        assert bob.register().startswith("SIP/2.0 200")
        ann = new_phone("ann", domain=server.sip, password="ann-secret", expires=600)
        ann.wait("REGISTER_OK")
        ann.dial("bob")
        invite = bob.wait("INVITE")
        assert f"@{wanted}" in header(invite, "Contact") or f"sip:{wanted}" in header(invite, "Contact")
        assert f"c=IN IP4 {wanted}" in invite
        assert header(invite, "Via").startswith(f"SIP/2.0/UDP {wanted}:{server.sip_port};")
        bob.reply(invite, 180, "Ringing")
        ann.wait("CALL_RINGING")
        ann.hang_up()
        cancel = bob.wait("CANCEL")
        assert header(cancel, "Via") == header(invite, "Via")  # RFC 3261 §9.1
        bob.reply(cancel, 200, "OK")
        bob.reply(invite, 487, "Request Terminated")
        ack = bob.wait("ACK")
        assert header(ack, "Via") == header(invite, "Via")  # §17.1.1.3


def test_registrations_outlive_a_restart(server, ctl, register):
    """A real phone, registered before the restart and not again after it, is reached."""
    ann, bob = register("ann"), register("bob")
    before = ctl.list("registrations")
    server.stop()
    server.start()
    assert {(r["user"], r["contact"], r["source"]) for r in ctl.list("registrations")} == \
        {(r["user"], r["contact"], r["source"]) for r in before}
    ann.dial("bob")
    bob.wait("CALL_ESTABLISHED")
    bob.hang_up()
    ann.wait("CALL_CLOSED")
    server.crash()
    server.start()
    ann.dial("bob")
    bob.wait("CALL_ESTABLISHED")


def test_the_path_of_an_edge_proxy_is_taken_back(server, ctl, register):
    """RFC 3327: the way that the REGISTER came is listed in the answer and is the Route of a call, also after a restart."""
    ctl.add("bob", "bob-secret")
    ann = register("ann")
    with SipPeer(server.sip, "bob", "bob-secret") as bob:
        edge = bob.contact.split("@")[1]
        bob.more = f"Path: <sip:{edge};lr;ob>\nPath: <sip:192.0.2.9;lr>\nSupported: path\n"
        answer = bob.register()
        assert answer.startswith("SIP/2.0 200") and f"<sip:{edge};lr;ob>" in header(answer, "Path")
        for _ in range(2):
            ann.dial("bob")
            invite = bob.wait("INVITE")
            routes = re.findall(r"^Route\s*:\s*(.*?)\r$", invite, re.MULTILINE)
            assert ",".join(routes).replace(" ", "") == f"<sip:{edge};lr;ob>,<sip:192.0.2.9;lr>"
            assert invite.startswith(f"INVITE {bob.contact} SIP/2.0")
            bob.reply(invite, 486, "Busy Here")
            ann.wait("CALL_CLOSED")
            server.stop()
            server.start()
