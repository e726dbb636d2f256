"""Calls that waited too long in the socket get 503 at once; all else goes on, and the next call is served as ever."""
import os
import signal
import socket
import time

from sip_peer import header


def invite(n, tag=""):
    return (f"INVITE sip:bob@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1:9;branch=z9hG4bKover{n}\r\nMax-Forwards: 70\r\n"
            f"From: <sip:ann@127.0.0.1>;tag=f\r\nTo: <sip:bob@127.0.0.1>{tag}\r\nCall-ID: over{n}\r\nCSeq: 1 INVITE\r\n"
            f"Contact: <sip:ann@192.0.2.1>\r\nContent-Length: 0\r\n\r\n").encode()


def test_a_backlog_is_refused_early_and_calls_go_on(server, register):
    ann, bob = register("ann"), register("bob")
    ann.dial("bob")
    bob.wait("CALL_ESTABLISHED")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as caller:
        caller.settimeout(20)
        os.kill(server._process.pid, signal.SIGSTOP)  # as if it were busy for so long
        for n in range(50):
            caller.sendto(invite(n), ("127.0.0.1", server.sip_port))
        caller.sendto(invite("dialog", ";tag=none"), ("127.0.0.1", server.sip_port))
        time.sleep(2)  # what is tested: that they have waited
        os.kill(server._process.pid, signal.SIGCONT)
        refused = {}
        while len(refused) < 51:
            answer = caller.recv(65535).decode()
            if not answer.startswith("SIP/2.0 1"):
                refused[header(answer, "Call-ID")] = answer
        assert refused.pop("overdialog").startswith("SIP/2.0 481")  # within a dialog nothing is refused for its age
        for answer in refused.values():
            assert answer.startswith("SIP/2.0 503") and int(header(answer, "Retry-After")) > 0
        caller.sendto(invite("after"), ("127.0.0.1", server.sip_port))
        while header(answer := caller.recv(65535).decode(), "Call-ID") != "overafter" or answer.startswith("SIP/2.0 1"):
            pass
        assert answer.startswith("SIP/2.0 401")
    ann.hang_up()  # the call that was up is still up
    bob.wait("CALL_CLOSED")
    assert server.wait_cdr()["status"] == "200"
