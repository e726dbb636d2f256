"""A phone behind a masquerading router: registered, reached on its own connection, with audio both ways."""
import shutil
import socket
import tempfile

import pytest

import audio
from ctl import Ctl
from nat import Nat, Unavailable
from phone import Phone
from ports import free_port
from server import Server
from test_transports import make_certificate


@pytest.fixture
def nat():
    try:
        network = Nat().__enter__()
    except Unavailable as why:
        pytest.skip(f"no masquerading network here: {why}")
    yield network
    network.__exit__()


@pytest.mark.parametrize("transport", ["udp", "tcp", "tls"])
def test_a_phone_behind_nat_is_reached_and_heard(nat, tmp_path, transport):
    folder = tempfile.mkdtemp(prefix="flow")
    cert, key = make_certificate(tmp_path, "server")
    tls_port = free_port(socket.SOCK_STREAM)
    server = Server(folder, address=nat.server, options=["--tls-cert", cert, "--tls-key", key, "--tls-port", tls_port])
    phones = []
    try:
        server.start()
        ctl = Ctl(server)
        for user in ("ann", "bob"):
            ctl.add(user, f"{user}-secret")
        port = tls_port if transport == "tls" else server.sip_port
        ann = Phone(tmp_path / "ann", "ann", f"{nat.server}:{port};transport={transport}", "ann-secret", expires=60, address=nat.phone,
                    prefix=nat.prefix(), connect=nat.connect)
        bob = Phone(tmp_path / "bob", "bob", f"{nat.server}:{server.sip_port}", "bob-secret", expires=600, address=nat.server)
        phones = [ann, bob]
        for phone in phones:
            phone.start()
            phone.wait("REGISTER_OK")
        source = {row["user"]: row for row in ctl.list("registrations")}["ann"]
        assert source["source"].startswith(f"sip:{nat.public}:") and nat.phone in source["contact"]
        bob.dial("ann")
        ann.wait("CALL_ESTABLISHED")
        for speaker, listener in ((ann, bob), (bob, ann)):
            speaker.speak(audio.sentence(speaker.folder, "vm-intro"))
            listener.wait_heard(audio.prompt("vm-intro"))
        bob.hang_up()
        ann.wait("CALL_CLOSED")
        ann.wait("REGISTER_OK", timeout=90)  # it refreshes what lasts 60 s
        assert len([row for row in ctl.list("registrations") if row["user"] == "ann"]) == 1
        bob.dial("ann")
        ann.wait("CALL_ESTABLISHED")
        ann.hang_up()
        bob.wait("CALL_CLOSED")
    finally:
        for phone in phones:
            phone.stop()
        server.stop()
        shutil.rmtree(folder)
