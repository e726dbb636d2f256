"""Permits in real calls: who may be named from outside, and how many legs a flow's calls have together."""
from server import build_flow
from test_flows import logged

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
