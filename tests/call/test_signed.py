"""A server that takes signed images only."""
import pytest

from server import build_flow, flowc

FLOW = 'flow line {\n    log "hello"\n    hangup\n}\n'


@pytest.fixture
def keys(tmp_path):
    for name in ("ann", "bob", "eve"):
        assert flowc("keygen", tmp_path / name).returncode == 0
    return tmp_path


def sign(keys, name):
    image = build_flow(FLOW, keys)
    if name:
        assert flowc("build", "--sign", keys / f"{name}.key", image.with_suffix(".flow")).returncode == 0
    return image


def test_only_signed_images_are_taken_and_run(server, ctl, register, keys):
    ctl.add("line", virtual=True)
    ctl.run("deploy", sign(keys, None))  # nothing is required yet
    server.stop()
    server.options += ["--require-signature", keys / "ann.pub", "--require-signature", keys / "bob.pub"]
    server.start()
    server.log.wait(lambda line: "flow line version 1 is refused: it is not signed" in line, 10, "the refusal of what was stored")
    for name, said in ((None, "it is not signed"), ("eve", "a key that this server does not trust")):
        with pytest.raises(Exception, match=said):
            ctl.run("deploy", sign(keys, name))
    for name in ("ann", "bob"):
        ctl.run("deploy", sign(keys, name))
    ctl.run("attach", "line", "line")
    ctl.run("deploy", "--sign", keys / "ann.key", keys / "line.flow")  # built and signed on the way
    ann = register("ann")
    ann.dial("line")
    server.log.wait(lambda line: line.endswith("log: hello"), 10, "the flow")


def test_a_tampered_image_is_refused(ctl, keys):
    image = sign(keys, "ann")
    bytes_ = bytearray(image.read_bytes())
    bytes_[-80] ^= 1
    image.write_bytes(bytes_)
    with pytest.raises(Exception, match="its signature is wrong"):
        ctl.run("deploy", image)
