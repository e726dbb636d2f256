"""`fetch` in real calls against real web services: its outcomes, and what it must never do."""
import json
import re
import shutil
import subprocess
import tempfile
import urllib.parse

import pytest

from conftest import PASSWORDS
from ctl import Ctl
from phone import Phone
from server import BIN, ROOT, Server, build_flow, flowc
from web_service import WebService, make_authority, make_certificate

FLOW = """permit fetch {permits}
flow line {{
    fetch "{url}"{arguments} {{
        on ok(doc)           {{ let name = doc.name as text else "-"; log "ok {{name}}" }}
        on status(code, doc) {{ let name = doc.name as text else "-"; log "status {{code}} {{name}}" }}
        on timeout           {{ log "timeout" }}
        on failed(why)       {{ log "failed {{why}}" }}
    }}
    hangup
}}
"""
RESULT = re.compile(r"INFO flow: call=\w+ log: (.*)$")


@pytest.fixture(scope="module")
def folder():
    path = tempfile.mkdtemp(prefix="flow")
    yield path
    shutil.rmtree(path)


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    """A folder with a certificate authority that the server trusts, ca.pem."""
    path = tmp_path_factory.mktemp("authority")
    make_authority(path)
    return path


@pytest.fixture(scope="module")
def server(folder, authority):
    """One for all tests here: flows may ask the machine itself, and the test's authority is the one that is trusted."""
    with Server(folder, options=["--fetch-private", "127.0.0.1", "--fetch-private", "::1", "--ca-file", authority / "ca.pem"]) as running:
        yield running


@pytest.fixture(scope="module")
def ann(server, tmp_path_factory):
    ctl = Ctl(server)
    ctl.add("line", virtual=True)
    ctl.add("ann", PASSWORDS["ann"])
    with Phone(tmp_path_factory.mktemp("phone") / "ann", "ann", domain=server.sip, password=PASSWORDS["ann"], expires=600) as phone:
        phone.wait("REGISTER_OK")
        yield phone


@pytest.fixture
def fetched(server, ann, tmp_path):
    """fetched(url, arguments, permits) has a flow ask; returns what it logged about the outcome."""
    def ask(url, arguments="", permits=None):
        origin = "/".join(url.split("/")[:3])
        source = FLOW.format(url=url, arguments=f", {arguments}" if arguments else "", permits=permits or f'"{origin}"')
        Ctl(server).attach_flow("line", build_flow(source, tmp_path))
        ann.dial("line")
        result = RESULT.search(server.log.wait(RESULT.search, 20, "outcome of the fetch"))[1]
        ann.wait("CALL_CLOSED")
        return result
    return ask


@pytest.fixture
def web():
    with WebService() as service:
        yield service


@pytest.mark.parametrize("answer, outcome", [
    ((200, {}, {"name": "Eva"}), "ok Eva"),
    ((201, {}, {"name": "Łódź"}), "ok Łódź"),
    ((204, {}, b""), "ok -"),
    ((200, {"Content-Type": "text/html"}, b"<html>"), "ok -"),
    ((200, {"Content-Type": "application/json"}, b'{"name":'), "failed the answer is not JSON"),
    ((404, {}, {"name": "nobody"}), "status 404 nobody"),
    ((500, {"Content-Type": "text/html"}, b"<html>"), "status 500 -"),
    ((200, {}, {"name": "x" * 300000}), "failed the answer is larger than 256 KiB"),
    ((200, {}, [[]] * 60000), "failed the answer is more than a call can hold"),
], ids=["json", "beyond ascii", "empty", "html", "broken json", "404", "500", "too large", "too many parts"])
def test_an_answer_becomes_an_outcome(web, fetched, answer, outcome):
    web.answers["/a"] = answer
    assert fetched(web.url("/a")) == outcome


def test_a_service_that_does_not_answer_is_a_timeout(web, fetched):
    web.answers["/slow"] = WebService.HANGS
    assert fetched(web.url("/slow"), "timeout: 300ms") == "timeout"


def test_a_service_that_is_down_has_failed(fetched):
    with WebService() as service:
        url = service.url("/a")
    assert fetched(url).startswith("failed ")


def test_json_is_sent(web, fetched):
    web.answers["/order"] = (200, {}, {"name": "taken"})
    assert fetched(web.url("/order"), 'json: { item: "Łódź \\"1\\"", count: 2, paid: yes }') == "ok taken"
    asked = web.asked.seen[0]
    assert (asked.method, asked.headers["Content-Type"]) == ("POST", "application/json")
    assert json.loads(asked.body) == {"item": 'Łódź "1"', "count": 2, "paid": True}


def test_a_form_and_headers_are_sent(web, fetched):
    web.answers["/form"] = (200, {}, {})
    assert fetched(web.url("/form"), 'form: { a: "1&b=2", c: "x y" }, headers: { "X-Key": "secret key" }, method: "PUT"') == "ok -"
    asked = web.asked.seen[0]
    assert (asked.method, asked.headers["X-Key"]) == ("PUT", "secret key")
    assert urllib.parse.parse_qs(asked.body.decode()) == {"a": ["1&b=2"], "c": ["x y"]}


@pytest.mark.parametrize("header", ['"X-A": "1\\nX-Injected: yes"', '"X-A\\nX-Injected": "yes"', '"Host": "other.example"'],
                         ids=["in a value", "in a name", "host"])
def test_no_header_can_be_smuggled_in(web, fetched, header):
    assert "cannot be sent" in fetched(web.url("/a"), f"headers: {{ {header} }}")
    assert not web.asked.seen


# ---- redirects ----

def test_a_redirect_is_followed(web, fetched):
    web.answers.update({"/old": (302, {"Location": "/new"}, b""), "/new": (200, {}, {"name": "moved"})})
    assert fetched(web.url("/old")) == "ok moved"


def test_redirects_end(web, fetched):
    web.answers["/again"] = (302, {"Location": "/again"}, b"")
    assert fetched(web.url("/again")) == "failed redirected too often"
    assert len(web.asked.seen) == 6


def test_a_redirect_needs_the_permit_too(web, fetched):
    with WebService({"/a": (200, {}, {"name": "reached"})}) as other:
        web.answers["/out"] = (302, {"Location": other.url("/a")}, b"")
        assert fetched(web.url("/out"), permits=f'"{web.url("/out")}"') == "failed not permitted: a redirect"
        assert not other.asked.seen
        assert fetched(web.url("/out"), permits=f'"{web.url()}", "{other.url()}"') == "ok reached"


@pytest.mark.parametrize("status, outcome", [(307, "failed redirected to another host, which must not get what was sent"),
                                             (308, "failed redirected to another host, which must not get what was sent"),
                                             (303, "ok reached")])
def test_what_was_sent_does_not_follow_to_another_host(web, fetched, status, outcome):
    with WebService({"/a": (200, {}, {"name": "reached"})}) as other:
        web.answers["/out"] = (status, {"Location": other.url("/a")}, b"")
        assert fetched(web.url("/out"), 'json: { pin: "1234" }, headers: { "X-Key": "k" }', '"http://127.0.0.1"') == outcome
        for asked in other.asked.seen:
            assert (asked.method, asked.body) == ("GET", b"") and "X-Key" not in asked.headers


# ---- where it may go ----

def test_private_addresses_are_refused_unless_permitted(web, tmp_path):
    """Also by a name that leads there: the address counts, at the moment of connecting."""
    folder = tempfile.mkdtemp(prefix="flow")
    with Server(folder) as strict:
        ctl = Ctl(strict)
        ctl.add("ann", PASSWORDS["ann"])
        ctl.add("line", virtual=True)
        with Phone(tmp_path / "ann", "ann", domain=strict.sip, password=PASSWORDS["ann"], expires=600) as ann:
            ann.wait("REGISTER_OK")
            for host, address in (("127.0.0.1", "127.0.0.1"), ("localhost", "(127.0.0.1|::1)")):
                url = web.url("/a", host)
                ctl.attach_flow("line", build_flow(FLOW.format(url=url, arguments="", permits=f'"http://{host}"'), tmp_path))
                ann.dial("line")
                line = strict.log.wait(RESULT.search, 20, "outcome of the fetch")
                assert re.search(rf"failed the address {address} is private$", line)
                ann.wait("CALL_CLOSED")
    assert not web.asked.seen
    shutil.rmtree(folder)


def test_what_no_permit_covers_is_not_asked(web, server, ann, tmp_path):
    source = FLOW.format(url="{where}", arguments="", permits='"https://crm.example"').replace(
        "flow line {", f'flow line {{\n    let where = "{web.url("/a")}{{header("X-None")}}"')
    Ctl(server).attach_flow("line", build_flow(source, tmp_path))
    ann.dial("line")
    assert RESULT.search(server.log.wait(RESULT.search, 20, "outcome"))[1] == "failed not permitted"
    assert not web.asked.seen
    ann.wait("CALL_CLOSED")


COUNTED = """permit fetch {permits}
flow line {{
    answer
    fetch "{url}", timeout: 30s {{
        on ok          {{ log "ok" }}
        on failed(why) {{ log "failed {{why}}" }}
        else           {{ log "else" }}
    }}
    hangup
}}
"""


@pytest.fixture(scope="module")
def bob(server, tmp_path_factory):
    Ctl(server).add("bob", PASSWORDS["bob"])
    with Phone(tmp_path_factory.mktemp("phone") / "bob", "bob", domain=server.sip, password=PASSWORDS["bob"], expires=600) as phone:
        phone.wait("REGISTER_OK")
        yield phone


def outcome(server):
    return RESULT.search(server.log.wait(RESULT.search, 20, "outcome of the fetch"))[1]


def test_requests_are_counted_over_all_calls_of_the_flow(web, server, ann, bob, tmp_path):
    web.answers["/a"] = WebService.HANGS
    source = COUNTED.format(url=web.url("/a"), permits=f'"{web.url()}" at most 1')
    Ctl(server).attach_flow("line", build_flow(source, tmp_path))
    ann.dial("line")
    web.asked.wait(lambda asked: asked.path == "/a", 20, "request")
    bob.dial("line")
    assert outcome(server) == "failed limited"
    bob.wait("CALL_CLOSED")
    assert web.paths() == ["/a"]
    ann.hang_up()
    ann.wait("CALL_CLOSED")
    web.left.wait(lambda path: path == "/a", 20, "end of its connection")
    web.answers["/a"] = (200, {}, {})
    for _ in range(2):  # what is over is free again
        bob.dial("line")
        assert outcome(server) == "ok"
        bob.wait("CALL_CLOSED")


def test_a_redirect_is_counted_where_it_leads(web, server, ann, bob, tmp_path):
    """It leaves the first line free for another call, and takes a place of the second."""
    with WebService({"/there": WebService.HANGS}) as other:
        web.answers["/out"] = (302, {"Location": other.url("/there")}, b"")
        source = COUNTED.format(url=web.url("/out"), permits=f'"{web.url()}" at most 1\npermit fetch "{other.url()}" at most 1')
        Ctl(server).attach_flow("line", build_flow(source, tmp_path))
        ann.dial("line")
        other.asked.wait(lambda asked: asked.path == "/there", 20, "redirected request")
        bob.dial("line")
        assert outcome(server) == "failed limited: a redirect"
        bob.wait("CALL_CLOSED")
        assert web.paths() == ["/out", "/out"] and other.paths() == ["/there"]
        ann.hang_up()
        ann.wait("CALL_CLOSED")


def test_only_who_is_trusted_is_asked(fetched, authority, tmp_path):
    make_authority(authority, "stranger")
    good, strange = make_certificate(authority, "localhost"), make_certificate(authority, "localhost", "stranger")
    other_host = make_certificate(authority, "other.example")
    answers = {"/a": (200, {}, {"name": "trusted"})}
    for certificate, outcome in ((good, "ok trusted"), (strange, "failed SSL"), (other_host, "failed SSL")):
        with WebService(answers, certificate) as service:
            assert fetched(service.url("/a", "localhost")).startswith(outcome)
            assert len(service.asked.seen) == (certificate == good)


def test_a_redirect_does_not_leave_https(web, fetched, authority):
    with WebService({"/a": (302, {"Location": web.url("/a")}, b"")}, make_certificate(authority, "localhost")) as service:
        url = service.url("/a", "localhost")
        assert fetched(url, permits=f'"{service.url("", "localhost")}", "{web.url()}"') == "failed redirected from https to http"
    assert not web.asked.seen


# ---- the call goes on ----

def test_a_hangup_ends_the_request(web, server, ann, tmp_path):
    web.answers["/slow"] = WebService.HANGS
    source = FLOW.format(url=web.url("/slow"), arguments=", timeout: 30s", permits=f'"{web.url()}"')
    Ctl(server).attach_flow("line", build_flow(source.replace("flow line {", "flow line {\n    answer"), tmp_path))
    ann.dial("line")
    ann.wait("CALL_ESTABLISHED")
    web.asked.wait(lambda asked: asked.path == "/slow", 20, "request")
    ann.hang_up()
    ann.wait("CALL_CLOSED")
    web.left.wait(lambda path: path == "/slow", 20, "end of its connection")


def test_after_the_hangup_it_still_asks(web, server, ann, tmp_path):
    web.answers["/bye"] = (200, {}, {})
    source = f'permit fetch "{web.url()}"\nflow line {{\n    answer\n    pause 1h\n    on hangup {{\n' \
             f'        fetch "{web.url("/bye")}" {{ on ok {{ log "told" }} else {{ log "not told" }} }}\n    }}\n}}\n'
    Ctl(server).attach_flow("line", build_flow(source, tmp_path))
    ann.dial("line")
    ann.wait("CALL_ESTABLISHED")
    ann.hang_up()
    assert RESULT.search(server.log.wait(RESULT.search, 20, "outcome"))[1] == "told"
    ann.wait("CALL_CLOSED")


def test_a_dead_resolver_stops_nobody_else(tmp_path, monkeypatch):
    """Names are not resolved for two minutes; meanwhile calls are answered, and other services are asked."""
    library = tmp_path / "dead.so"
    subprocess.run(["gcc", "-shared", "-fPIC", "-o", library, ROOT / "tests/fake/dead_resolver.c", "-ldl"], check=True)
    folder = tempfile.mkdtemp(prefix="flow")
    monkeypatch.setenv("LD_PRELOAD", str(library))
    monkeypatch.setenv("ASAN_OPTIONS", "verify_asan_link_order=0")
    running = Server(folder, options=["--fetch-private", "127.0.0.1"]).start()
    monkeypatch.undo()
    ctl = Ctl(running)
    for user in ("ann", "bob"):
        ctl.add(user, PASSWORDS[user])
    for line in ("dead", "alive"):
        ctl.add(line, virtual=True)
    with WebService({"/a": (200, {}, {"name": "Eva"})}) as web, \
         Phone(tmp_path / "ann", "ann", domain=running.sip, password=PASSWORDS["ann"], expires=600) as ann, \
         Phone(tmp_path / "bob", "bob", domain=running.sip, password=PASSWORDS["bob"], expires=600) as bob:
        ann.wait("REGISTER_OK")
        bob.wait("REGISTER_OK")
        dead = FLOW.format(url="http://dead.example/", arguments=", timeout: 4s", permits='"http://dead.example"')
        alive = FLOW.format(url=web.url("/a"), arguments="", permits=f'"{web.url()}"')
        ctl.attach_flow("dead", build_flow(dead, tmp_path), "dead")
        ctl.attach_flow("alive", build_flow(alive, tmp_path), "alive")
        ann.dial("dead")
        running.log.wait(lambda line: "call=" in line or "flow dead" in line, 10, "start")
        bob.dial("alive")
        results = [RESULT.search(running.log.wait(RESULT.search, 20, "outcome"))[1] for _ in range(2)]
        assert results == ["ok Eva", "timeout"]
    running.stop()  # and it stops, though the resolver still hangs
    shutil.rmtree(folder)


def test_the_sample_flow_asks_a_real_service(server, ann, authority, tmp_path):
    """flows/support.flow as it stands, but for the host of its service, which has the test's certificate."""
    def login(asked):
        pin = urllib.parse.parse_qs(asked.body.decode())["pin"][0]
        return (200, {}, {"name": "Eva", "engineer": {"phone": "+48600700800"}}) if pin == "1234" else (403, {}, {})

    with WebService({"/login": login}, make_certificate(authority, "localhost")) as service:
        for name in ("support", "company"):
            text = (ROOT / f"flows/{name}.flow").read_text()
            (tmp_path / f"{name}.flow").write_text(text.replace("https://crm.example", service.url("", "localhost")))
        subprocess.run(["sox", "-n", str(server.data / "sounds/hold.wav"), "synth", "1", "sine", "440"], check=True)
        built = flowc("build", tmp_path / "support.flow", "-o", tmp_path / "support.flowc")
        assert built.returncode == 0, built.stderr
        Ctl(server).attach_flow("line", tmp_path / "support.flowc")
        ann.dial("line")
        ann.wait("CALL_ESTABLISHED")
        for pin in ("0000", "1234"):
            for digit in pin:
                ann.press(digit)
            service.asked.wait(lambda asked: asked.path == "/login", 30, "login")
        ann.hang_up()
        ann.wait("CALL_CLOSED")
        assert [urllib.parse.parse_qs(asked.body.decode())["pin"] for asked in service.asked.seen] == [["0000"], ["1234"]]
    assert not [line for line in server.log.seen if "1234" in line and "fetch" in line], "the PIN is secret"


def test_a_wrong_network_is_told(folder):
    run = subprocess.run([BIN / "flowd", "--data", f"{folder}/none", "--sip-port", "0", "--fetch-private", "10.0.0.0/99"],
                         capture_output=True, text=True, timeout=30)
    assert run.returncode == 1
    assert "'10.0.0.0/99' is no network: write it as 10.1.0.0/16 or fd00::/8" in run.stderr
