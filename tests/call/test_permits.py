"""Permits in real calls: who may be named from outside, and how many legs a flow's calls have together."""
from carrier import Carrier
from server import build_flow
from test_flows import logged
from test_forward import forwards, to  # noqa: F401

# No caller sends such a header, so this rings bob; but the text has come from outside.
DIALS_OUTSIDE = """permit dial {permit}
flow line {{
    let more = header("X-More")
    bridge "bob{{more}}", ring: 20s {{
        on limited     {{ log "limited"; reject limited }}
        on failed(why) {{ log why; reject failed }}
        else           {{ hangup }}
    }}
}}"""


def attach(ctl, tmp_path, permit):
    ctl.add("line", virtual=True)
    ctl.attach_flow("line", build_flow(DIALS_OUTSIDE.format(permit=permit), tmp_path))


def test_what_no_permit_covers_is_not_dialled(server, ctl, register, tmp_path):
    attach(ctl, tmp_path, '"carol"')
    register("bob", answers=False)
    ann = register("ann")
    ann.dial("line")
    ann.wait("CALL_CLOSED")
    logged(server, "not permitted")


def test_legs_are_counted_over_all_calls_of_the_flow(server, ctl, register, tmp_path):
    attach(ctl, tmp_path, "connections at most 1")
    bob = register("bob", answers=False)
    ann = register("ann")
    carol = register("carol")
    ann.dial("line")
    bob.wait("CALL_INCOMING")
    carol.dial("line")
    carol.wait("CALL_CLOSED")
    logged(server, "limited")
    ann.hang_up()
    bob.wait("CALL_CLOSED")
    carol.dial("line")
    bob.wait("CALL_INCOMING")
    carol.hang_up()


SENDS_OUTSIDE = """permit dial "+48*" at most 1
flow line {
    transfer "+48221234567" {
        on done        { log "sent" }
        on failed(why) { log why }
    }
    pause 1s
}"""


def test_who_is_put_through_is_counted_until_the_call_ends(server, ctl, register, tmp_path):
    """The legs of a transfer by the server count as those of a bridge."""
    ctl.add("line", virtual=True)
    ctl.attach_flow("line", build_flow(SENDS_OUTSIDE, tmp_path))
    with Carrier() as carrier:
        ctl.run("trunk", "add", "carrier", "--gateways", carrier.gateway)
        ann, carol = register("ann"), register("carol")
        ann.dial("line")
        logged(server, "sent")
        carol.dial("line")
        logged(server, "limited")
        carol.wait("CALL_CLOSED")
        ann.hang_up()
        ann.wait("CALL_CLOSED")
        carol.dial("line")
        logged(server, "sent")
        carol.hang_up()
        carol.wait("CALL_CLOSED")


def test_who_is_forwarded_is_counted_on(server, ctl, forwards, register, tmp_path):  # noqa: F811
    """A phone's 302 makes it a call of the flow of who it leads to; the line that counted the phone counts that call."""
    attach(ctl, tmp_path, '"bob" at most 1')
    forwards("bob", to("carol"))
    carol, ann, dave = register("carol", answers=False), register("ann"), register("dave")
    ann.dial("line")
    carol.wait("CALL_INCOMING")
    dave.dial("line")
    dave.wait("CALL_CLOSED")
    logged(server, "limited")
    ann.hang_up()
    carol.wait("CALL_CLOSED")
    assert any(server.wait_cdr()["parent"] != "-" for _ in range(3)), "carol had a call of its own"


def test_a_line_counts_by_what_it_says(server, ctl, register, tmp_path):
    """Another version has it in another place: legs of the version before are counted all the same, and by no other line."""
    attach(ctl, tmp_path, "connections at most 1")
    bob, ann, carol = register("bob", answers=False), register("ann"), register("carol")
    ann.dial("line")
    bob.wait("CALL_INCOMING")
    attach_again = DIALS_OUTSIDE.format(permit='"+1*" at most 1\npermit dial connections at most 1')
    ctl.run("deploy", build_flow(attach_again, tmp_path))
    carol.dial("line")
    carol.wait("CALL_CLOSED")
    logged(server, "limited")
    attach_again = DIALS_OUTSIDE.format(permit='"b??" at most 1')  # stands where the line of ann's call stood
    ctl.run("deploy", build_flow(attach_again, tmp_path))
    carol.dial("line")
    bob.wait("CALL_INCOMING")
    carol.hang_up()
    ann.hang_up()
