"""`remember` and `recall` in real calls, and the sample flows that live by them."""
import audio
from server import ROOT, build_flow, flowc
from test_flows import call, logged
from web_service import WebService

COUNTS = """flow line {
    recall "from {call.from}" {
        on found(times) { log "found {times}" }
        on missing      { log "missing" }
    }
    remember "from {call.from}", "again", for: FOR { on failed { log "not kept" } else { log "kept" } }
    hangup
}
"""


def attach(ctl, tmp_path, keep="1h", user="line"):
    ctl.add(user, virtual=True)
    ctl.attach_flow(user, build_flow(COUNTS.replace("FOR", keep), tmp_path), user)


def dial(phone, to="line"):
    phone.dial(to)
    phone.wait("CALL_CLOSED")


def test_a_flow_remembers_over_calls_and_a_crash(server, ctl, register, tmp_path):
    attach(ctl, tmp_path)
    ann = register("ann")
    dial(ann)
    logged(server, "missing")
    logged(server, "kept")
    server.crash()
    server.start()
    dial(ann)
    logged(server, "found again")
    assert [(row["flow"], row["key"], row["value"]) for row in ctl.list("memory", "list")] == [("line", "from ann", "again")]
    ctl.run("memory", "remove", "line", "from ann")
    dial(ann)
    logged(server, "missing")


def test_another_flow_does_not_know(server, ctl, register, tmp_path):
    attach(ctl, tmp_path)
    attach(ctl, tmp_path, user="other")
    ann = register("ann")
    for line, known in (("line", "missing"), ("other", "missing"), ("line", "found again")):
        dial(ann, line)
        logged(server, known)


def test_a_value_has_its_time(server, ctl, register, tmp_path):
    attach(ctl, tmp_path, keep="1s")
    ann = register("ann")
    dial(ann)
    logged(server, "kept")
    while ctl.list("memory", "list"):  # until its second is over
        pass
    dial(ann)
    logged(server, "missing")


def sample(ctl, tmp_path, name, **changes):
    """Builds a shipped flow with some texts of it changed, and attaches it to `line`."""
    text = (ROOT / f"flows/{name}.flow").read_text()
    for old, new in changes.get("changes", {}).items():
        assert old in text
        text = text.replace(old, new)
    (tmp_path / f"{name}.flow").write_text(text)
    built = flowc("build", tmp_path / f"{name}.flow", "-o", tmp_path / f"{name}.flowc")
    assert built.returncode == 0, built.stderr
    ctl.add("line", virtual=True)
    ctl.attach_flow("line", tmp_path / f"{name}.flowc", name)


def test_the_owner_of_a_line_refuses_a_caller(server, ctl, register, tmp_path):
    """flows/reject.flow: bob calls, ann refuses him for the future, bob is refused; so is a constant range."""
    sample(ctl, tmp_path, "reject")
    ann, bob = register("ann", answers=False), register("bob")
    bob.dial("line")
    ann.wait("CALL_INCOMING")
    bob.hang_up()
    bob.wait("CALL_CLOSED")
    ann.wait("CALL_CLOSED")
    call(ann)
    ann.press("1")
    ann.wait_heard(audio.spoken(tmp_path, "This caller is refused."))
    ann.wait("CALL_CLOSED")
    bob.dial("line")
    assert "603" in bob.wait("CALL_CLOSED")["param"]
    call(ann)
    ann.press("2")
    ann.wait("CALL_CLOSED")
    bob.dial("line")
    ann.wait("CALL_INCOMING")
    bob.hang_up()


def test_a_name_is_looked_up_once(ctl, server, register, tmp_path):
    """flows/names.flow: the address book is asked at the first call alone; who answers hears the name."""
    folder = tmp_path / "spoken"
    folder.mkdir()
    server.stop()
    server.options += ["--fetch-private", "127.0.0.1"]
    server.start()
    with WebService({"/callers": (200, {}, {"name": "Robert Smith"})}) as book:
        sample(ctl, tmp_path, "names", changes={"https://crm.example": book.url()})
        ann, carol = register("ann"), register("carol")
        for _ in range(2):
            carol.dial("line")
            ann.wait("CALL_ESTABLISHED")
            ann.wait_heard(audio.spoken(folder, "Call from Robert Smith."))
            carol.wait("CALL_ESTABLISHED")
            carol.hang_up()
            ann.wait("CALL_CLOSED")
            carol.wait("CALL_CLOSED")
        assert book.paths() == ["/callers"]
