"""Fixtures of the call tests: phones that are stopped, and a server that must end cleanly, when a test ends."""
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(1, str(Path(__file__).parent.parent / "fake"))

import audio  # noqa: E402
from ctl import Ctl  # noqa: E402
from ladder import Ladder  # noqa: E402
from names import Names  # noqa: E402
from phone import Phone  # noqa: E402
from server import Server  # noqa: E402
from sip_peer import SipPeer  # noqa: E402
from sipp import Echo  # noqa: E402

SAYS = {"bob": "vm-intro", "carol": "demo-thanks"}  # what their speakers say
PASSWORDS = {user: f"{user}-secret" for user in ("ann", "bob", "carol", "dave")}


def pytest_configure(config):
    config.addinivalue_line("markers", "load: needs the machine for itself; ./test runs it after the others")


@pytest.fixture
def new_phone(tmp_path):
    """new_phone(user, …) starts a phone; all are stopped at the end."""
    phones = []

    def start(user, **options):
        phone = Phone(tmp_path / f"phone-{len(phones)}-{user}", user, **options)
        phones.append(phone)
        return phone.start()

    yield start
    for phone in phones:
        phone.stop()


@pytest.fixture
def server():
    """A running server without any Connection; it has to stop cleanly."""
    folder = tempfile.mkdtemp(prefix="flow")  # short: a Unix socket's path has at most 107 bytes
    running = Server(folder)
    running.start()
    yield running
    try:
        running.stop()
    finally:
        print("".join(open(f"{folder}/flowd.log").readlines()[-60:]))  # shown with a test that failed
        shutil.rmtree(folder)


@pytest.fixture
def ctl(server):
    return Ctl(server)


@pytest.fixture
def register(server, ctl, new_phone):
    """register(user, …) adds the Connection if need be, starts its phone and waits until it is registered."""
    added = set()

    def start(user, voicemail=False, ring_time=None, **options):
        if user not in added:
            ctl.add(user, PASSWORDS[user], voicemail=voicemail, ring_time=ring_time)
            added.add(user)
        phone = new_phone(user, domain=server.sip, password=PASSWORDS[user], expires=600, **options)
        phone.wait("REGISTER_OK")
        return phone

    return start


@pytest.fixture
def peer(server, ctl):
    """peer(user, …) adds the Connection, with what its options say, and registers a scripted device for it."""
    peers = []

    def start(user, **options):
        ctl.add(user, PASSWORDS[user], **options)
        peers.append(SipPeer(server.sip, user, PASSWORDS[user]))
        assert peers[-1].register().startswith("SIP/2.0 200")
        return peers[-1]

    yield start
    for one in peers:
        one.__exit__()


@pytest.fixture
def asks(server, tmp_path):
    """asks(record, …): the server asks a name server with these records from now on."""
    running = []

    def start(*records):
        running.append(Names(tmp_path, *records))
        running[0].start()
        server.stop()
        server.options += ["--resolv-conf", running[0].conf]
        server.start()

    yield start
    for names in running:
        names.stop()


@pytest.fixture
def ladder(server, ctl, tmp_path):
    """ladder(user) makes a SIPp of that user, whose Connection is added; all are stopped at the end."""
    made = []

    def make(user, add=True):
        if add:
            ctl.add(user, PASSWORDS[user])
        made.append(Ladder(server, user, tmp_path / f"ladder-{len(made)}-{user}"))
        return made[-1]

    yield make
    for one in made:
        one.__exit__()


@pytest.fixture
def speaker(register, tmp_path):
    """speaker(user) is a phone that says its own sentence again and again."""
    def start(user, **options):
        says = tmp_path / f"{user}-says.wav"
        subprocess.run(["sox", str(audio.PROMPTS / f"{SAYS[user]}.wav"), "-r", "8000", "-b", "16", "-c", "1", str(says),
                        "pad", "0.2", "0.6", "repeat", "30"], check=True)
        return register(user, says=says, **options)
    return start


@pytest.fixture
def echo(tmp_path):
    """A gateway whose only telephone answers one call and says back what it hears."""
    with Echo(tmp_path) as gateway:
        yield gateway
