"""A server that dies is started again, with all that it knew."""
import os
import signal
import subprocess
from pathlib import Path

from server import BIN, READY


def child_of(server):
    return int(Path(f"/proc/{server._process.pid}/task/{server._process.pid}/children").read_text().split()[0])


def test_a_server_that_dies_is_there_again(server, ctl, register):
    server.stop()
    server.options = ["--supervise"]
    server.start()
    ann, bob = register("ann"), register("bob", voicemail=True)
    ann.dial("bob")
    bob.wait("CALL_ESTABLISHED")
    ann.hang_up()
    bob.wait("CALL_CLOSED")
    for killer in (signal.SIGSEGV, signal.SIGABRT, signal.SIGKILL):
        first = child_of(server)
        os.kill(first, killer)
        server.out.wait(READY.match, 20, "second line that it is ready")
        assert child_of(server) != first
        assert {row["user"] for row in ctl.list("registrations")} == {"ann", "bob"}
        ann.dial("bob")
        bob.wait("CALL_ESTABLISHED", timeout=20)
        ann.hang_up()
        bob.wait("CALL_CLOSED")
    server.log.wait(lambda line: f"died by signal {signal.SIGKILL.value}" in line, 10, "word of the death")


def test_a_server_that_cannot_start_is_not_tried_for_ever(tmp_path):
    done = subprocess.run([BIN / "flowd", "--supervise", "--data", tmp_path / "d", "--listen", "192.0.2.253"], capture_output=True,
                          text=True, timeout=30)
    assert done.returncode == 1 and done.stderr.count("no address of this machine") == 1
