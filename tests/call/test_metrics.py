"""The figures that a monitor reads: over TCP, after real calls."""
import re
import subprocess
import urllib.error
import urllib.request

import audio
import pytest
from ports import free_port
from server import BIN, build_flow
from test_mailbox import eventually
from test_notify import restart

VALUE = re.compile(r'^callflow_(?P<name>\w+)(?:\{\w+="(?P<label>[^"]*)"\})? (?P<value>[\d.]+)$', re.MULTILINE)


@pytest.fixture
def figures(server):
    """figures() reads them: {name or (name, label): value}."""
    port = free_port()
    restart(server, "--metrics", f"127.0.0.1:{port}")

    def read(path="/metrics", **options):
        request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", **options)
        with urllib.request.urlopen(request, timeout=10) as answer:
            assert answer.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
            text = answer.read().decode()
        return {(m["name"], m["label"]) if m["label"] else m["name"]: float(m["value"]) for m in VALUE.finditer(text)}

    return read


def test_calls_and_what_they_sent_are_counted(server, ctl, register, figures, tmp_path):
    ctl.add("line", virtual=True)
    ctl.attach_flow("line", build_flow('flow line {\n    say "This text is known when the flow is deployed."\n    pause 1h\n}\n', tmp_path))
    ctl.add("busy", virtual=True)
    ctl.attach_flow("busy", build_flow("flow refuses { reject busy }\n", tmp_path))
    ann = register("ann")
    before = figures()
    assert (before["connections"], before["registrations"], before["calls"]) == (3, 1, 0)
    ann.dial("line")
    ann.wait_heard(audio.spoken(tmp_path, "This text is known when the flow is deployed."))
    during = figures()
    assert (during["calls"], during["legs"], during["rtp_ports"]) == (1, 1, 1)
    assert during["rtp_packets_sent_total"] > 50 and during["rtp_packets_received_total"] > 50
    assert during["prompt_requests_total", "hit"] == before["prompt_requests_total", "hit"] + 1
    assert during["prompt_requests_total", "miss"] == before["prompt_requests_total", "miss"]
    ann.hang_up()
    ann.wait("CALL_CLOSED")
    ann.dial("busy")
    ann.wait("CALL_CLOSED")
    ann.dial("nobody")
    ann.wait("CALL_CLOSED")
    after = eventually(lambda: (lambda now: now["calls"] == 0 and now)(figures()))
    ended = {label: value for (name, label), value in ((k, v) for k, v in after.items() if isinstance(k, tuple)) if name == "calls_ended_total"}
    assert {k: v for k, v in ended.items() if v} == {"answered": 1, "busy": 1, "refused": 1}
    assert after["calls_started_total"] == 3
    assert after["rtp_packets_received_total"] >= during["rtp_packets_received_total"], "of ended calls too"
    assert after["loop_lag_seconds_count"] > before["loop_lag_seconds_count"] and after["loop_lag_worst_seconds"] < 1
    assert figures()["up_seconds"] > before["up_seconds"]


def test_nothing_else_is_served_there(figures):
    for path, status in (("/v1/connections", 404), ("/v1/status", 404), ("/", 404)):
        with pytest.raises(urllib.error.HTTPError) as refused:
            figures(path)
        assert refused.value.code == status
    with pytest.raises(urllib.error.HTTPError) as refused:
        figures(data=b"{}")
    assert refused.value.code == 405


def test_a_wrong_address_is_told(server):

    for where, why in (("9464", "is no address and port"), ("localhost:9464", "is no address and port"),
                       ("192.0.2.1:9464", "nobody can be listened to at 192.0.2.1:9464")):
        run = subprocess.run([BIN / "flowd", "--data", server.folder / "other", "--sip-port", "0", "--metrics", where], capture_output=True,
                             text=True, timeout=30)
        assert run.returncode == 1 and why in run.stderr
