"""Programs that judge what the server sends: tshark reads a captured call, sipsak asks and floods."""
import re
import subprocess
import time

import pytest

import audio
from conftest import PASSWORDS, SAYS
from test_transfer import hear_each_other


class Capture:
    """All that goes to and from the server's ports, as a file for tshark."""

    def __init__(self, server, path):
        self.server, self.path = server, path
        low = max(1024, min(server.rtp_from & ~1, 65534 - server.rtp_ports))
        self.filter = f"udp port {server.sip_port} or udp portrange {low}-{low + server.rtp_ports - 1}"

    def __enter__(self):
        self._process = subprocess.Popen(["dumpcap", "-q", "-i", "lo", "-f", self.filter, "-w", str(self.path)], stdout=subprocess.DEVNULL,
                                         stderr=subprocess.PIPE, text=True)
        for line in self._process.stderr:
            if line.startswith("File:"):  # it captures from here on
                break
        return self

    def __exit__(self, *_):
        time.sleep(0.5)  # what has been captured is handed over within that
        self._process.terminate()
        self._process.wait(10)

    def tshark(self, *options):
        """SIP and RTP by what they are; a port of the test may be another protocol's."""
        line = ["tshark", "-r", self.path, "-o", "rtp.heuristic_rtp:TRUE", "-d", f"udp.port=={self.server.sip_port},sip", *options]
        return subprocess.run(list(map(str, line)), check=True, capture_output=True, text=True, timeout=60).stdout

    def found(self, what):
        return self.tshark("-Y", what, "-T", "fields", "-e", "frame.number", "-e", "_ws.expert.message", "-e", "_ws.col.Info").strip()


@pytest.fixture
def capture(server, tmp_path):
    return Capture(server, tmp_path / "call.pcap")


@pytest.mark.parametrize("codecs", [("pcmu", "pcmu"), ("g722", "opus")])
def test_tshark_finds_no_fault(capture, server, speaker, codecs):
    """A call with registrations, hold and its end: nothing malformed, no error and no warning, streams without loss or disorder."""
    with capture:
        bob, carol = speaker("bob", codec=codecs[0]), speaker("carol", codec=codecs[1])
        bob.dial("carol")
        carol.wait_heard_in_pieces(audio.prompt(SAYS["bob"]))  # a jitter buffer moves some against the others
        bob.wait_heard_in_pieces(audio.prompt(SAYS["carol"]))
        bob.command("hold")
        carol.wait_spoken(len(carol.spoke()) / audio.RATE + 1.5)
        bob.command("resume")
        carol.wait_heard_in_pieces(audio.prompt(SAYS["bob"]))
        bob.hang_up()
        carol.wait("CALL_CLOSED")
        assert server.wait_cdr()["status"] == "200"
    own = f"udp.srcport == {server.sip_port}"
    methods = capture.tshark("-Y", "sip", "-T", "fields", "-e", "sip.CSeq.method").split()
    assert {"REGISTER", "INVITE", "ACK", "BYE"} <= set(methods)
    ports = re.split(r"[\s,]+", capture.tshark("-Y", f"sdp and {own}", "-T", "fields", "-e", "sdp.media.port").strip())
    ours = f"udp.srcport in {{{','.join({str(server.sip_port), *ports})}}}"  # other tests use ports in between
    assert capture.found(f"{ours} and (_ws.malformed or _ws.expert.severity == Error)") == ""
    assert capture.found(f"{ours} and _ws.expert.severity == Warning") == ""
    streams = [line.split() for line in capture.tshark("-q", "-z", "rtp,streams").splitlines() if re.search(r"0x[0-9A-F]{8}", line)]
    sent = [row for row in streams if row[3] in ports]
    assert len(sent) == 2, streams
    for row in sent:
        assert " 0 (0.0%) " in " ".join(row), "the server's own numbers have gaps"


def sipsak(server, *options, seconds=60):
    done = subprocess.run(list(map(str, ["sipsak", *options])), capture_output=True, text=True, timeout=seconds)
    return done.returncode, done.stdout + done.stderr


def test_sipsak_is_answered(server):
    status, said = sipsak(server, "-s", f"sip:anybody@{server.sip}", "-vv")
    assert status == 0 and "SIP/2.0 200" in said and "Allow:" in said


def test_sipsak_registers(server, ctl):
    """usrloc mode: REGISTER with a challenge, and the binding it has made."""
    ctl.add("ann", PASSWORDS["ann"])
    status, said = sipsak(server, "-U", "-C", "sip:ann@127.0.0.1:9", "-x", "600", "--auth-username=ann", f"--password={PASSWORDS['ann']}", "-s", f"sip:ann@{server.sip}", "-v")
    assert status == 0, said
    assert [r["user"] for r in ctl.list("registrations")] == ["ann"]


def test_a_flood_by_sipsak_stops_nobody(server, speaker, register):
    """20,000 OPTIONS as fast as it can, while two talk; and afterwards a call is made as ever."""
    bob, carol = speaker("bob"), speaker("carol")
    bob.dial("carol")
    hear_each_other(bob, carol)
    status, said = sipsak(server, "-F", "-e", 20000, "-s", f"sip:flood@{server.sip}")
    assert status == 0, said
    hear_each_other(bob, carol)
    bob.hang_up()
    carol.wait("CALL_CLOSED")
    cdr = server.wait_cdr()
    assert float(cdr["caller_mos"]) > 4
    ann = register("ann")
    ann.dial("carol")
    ann.wait("CALL_ESTABLISHED", 20)
    assert server.is_alive()
