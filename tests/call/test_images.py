"""What a server refuses: damaged and made-up images, and sources with mistakes."""
import random

import pytest

from ctl import Refused
from server import build_flow, flowc

FLOW = 'flow door {\n    say "Hello."\n    hangup\n}\n'
MISTAKES = """\
flow door {
    bridge "ann" { on ended { } }
    say 5
    menu "Press 1." { "1" { hangup } }
    let x = unknown_name
}
"""


@pytest.fixture
def image(tmp_path):
    return build_flow(FLOW, tmp_path)


def refused(ctl, path):
    with pytest.raises(Refused) as problem:
        ctl.run("deploy", path)
    assert problem.value.status == 1
    return problem.value.message


def test_a_truncated_image(server, ctl, image, tmp_path):
    whole = image.read_bytes()
    cut = tmp_path / "cut.flowc"
    for length in sorted({0, 1, 7, 16, 64, len(whole) // 2, len(whole) - 1}):
        cut.write_bytes(whole[:length])
        assert refused(ctl, cut)
    assert server.is_alive() and ctl.list("flow", "list") == []


def test_a_bit_flipped_image(server, ctl, image, tmp_path):
    """An image is refused wherever one bit of it is wrong."""
    whole = bytearray(image.read_bytes())
    flipped = tmp_path / "flipped.flowc"
    for position in random.Random(1).sample(range(len(whole) * 8), 40):
        whole[position // 8] ^= 1 << position % 8
        flipped.write_bytes(whole)
        whole[position // 8] ^= 1 << position % 8
        assert refused(ctl, flipped), f"bit {position}"
    assert server.is_alive() and ctl.list("flow", "list") == []


@pytest.mark.parametrize("data", [b"\x7fELF" + bytes(200), b"#!/bin/sh\n", random.Random(2).randbytes(4096)],
                         ids=["program", "script", "noise"])
def test_something_else(server, ctl, tmp_path, data):
    path = tmp_path / "made_up.flowc"
    path.write_bytes(data)
    assert refused(ctl, path)
    assert server.is_alive()


def test_the_whole_image_is_taken(ctl, image):
    ctl.run("deploy", image)
    assert [flow["name"] for flow in ctl.list("flow", "list")] == ["door"]


def test_a_source_with_mistakes_shows_all_of_them(server, ctl, tmp_path):
    source = tmp_path / "door.flow"
    source.write_text(MISTAKES)
    checked = flowc("check", source)
    assert checked.returncode == 1
    for line in (2, 3, 4, 5):
        assert f"door.flow:{line}:" in checked.stderr, checked.stderr
    message = refused(ctl, source)
    for line in (2, 3, 4, 5):
        assert f"door.flow:{line}:" in message
    assert server.is_alive()


def test_a_source_is_built_and_taken(ctl, tmp_path):
    source = tmp_path / "door.flow"
    source.write_text(FLOW)
    ctl.run("deploy", source)
    assert [flow["name"] for flow in ctl.list("flow", "list")] == ["door"]
