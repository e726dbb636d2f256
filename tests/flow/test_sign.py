"""Signed images: flowc keygen, build --sign, verify, dump."""
import stat
import subprocess

import pytest

FLOW = 'flow door {\n    say "Hello."\n}\n'


@pytest.fixture
def signed(flowc, tmp_path):
    (tmp_path / "door.flow").write_text(FLOW)
    for name in ("ann", "bob"):
        assert flowc("keygen", tmp_path / name).returncode == 0
    assert flowc("build", "--sign", tmp_path / "ann.key", tmp_path / "door.flow").returncode == 0
    return tmp_path


def test_who_signed_is_told(flowc, signed):
    told = flowc("verify", "--key", signed / "bob.pub", "--key", signed / "ann.pub", signed / "door.flowc")
    assert told.returncode == 0 and f"which is a key of {signed}/ann.pub" in told.stdout
    signer = next(line for line in told.stdout.splitlines() if line.startswith("signed by "))
    assert signer in flowc("dump", signed / "door.flowc").stdout


def test_another_key_or_none_is_refused(flowc, signed):
    wrong = flowc("verify", "--key", signed / "bob.pub", signed / "door.flowc")
    assert wrong.returncode == 1 and "signed by none of these keys" in wrong.stderr
    assert flowc("build", signed / "door.flow").returncode == 0
    none = flowc("verify", "--key", signed / "ann.pub", signed / "door.flowc")
    assert none.returncode == 1 and "it is not signed" in none.stderr
    assert flowc("verify", signed / "door.flowc").returncode == 0


def test_building_stays_deterministic(flowc, signed):
    first = (signed / "door.flowc").read_bytes()
    assert flowc("build", "--sign", signed / "ann.key", signed / "door.flow").returncode == 0
    assert (signed / "door.flowc").read_bytes() == first
    assert flowc("build", signed / "door.flow").returncode == 0
    assert (signed / "door.flowc").read_bytes() == first[:-104]  # the id is the same, signed or not


def test_a_changed_image_is_refused(flowc, signed):
    image = bytearray((signed / "door.flowc").read_bytes())
    image[-1] ^= 1
    (signed / "door.flowc").write_bytes(image)
    said = flowc("verify", signed / "door.flowc")
    assert said.returncode == 1 and "its signature is wrong" in said.stderr


def test_keys_are_kept(flowc, signed):
    assert stat.S_IMODE((signed / "ann.key").stat().st_mode) == 0o600
    again = flowc("keygen", signed / "ann")
    assert again.returncode == 2 and "is there already" in again.stderr
    for option, file, said in (("--sign", "ann.pub", "no secret key"), ("--sign", "nobody.key", "no such thing")):
        wrong = flowc("build", option, signed / file, signed / "door.flow")
        assert wrong.returncode == 2 and said in wrong.stderr
    wrong = flowc("verify", "--key", signed / "ann.key", signed / "door.flowc")
    assert wrong.returncode == 2 and "no public key" in wrong.stderr


def test_keys_of_openssl_serve(flowc, signed):
    secret, public = signed / "o.key", signed / "o.pub"
    subprocess.run(["openssl", "genpkey", "-algorithm", "ed25519", "-out", secret], check=True)
    subprocess.run(["openssl", "pkey", "-in", secret, "-pubout", "-out", public], check=True)
    assert flowc("build", "--sign", secret, signed / "door.flow").returncode == 0
    assert flowc("verify", "--key", public, signed / "door.flowc").returncode == 0
