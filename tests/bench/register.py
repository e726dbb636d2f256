"""REGISTER with digest (401, then 200): CPU of the server per registration, against Kamailio with its table in memory, run by turns.

    tests/bench/register.py [--rounds N] [--registrations N] [--users N] [--bindings N]

--bindings N measures instead N registrations at once: made and refreshed over the wire by digest, kept over a restart,
and what they take of memory, time and processor. Exit status 1: not all were there.
"""
import argparse
import hashlib
import shutil
import signal
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from servers import Flowd, HERE, cpu, free_port, memory  # noqa: E402


def registrar(folder, users):
    """flowd with these users."""
    server = Flowd(folder)
    api = server.api()
    for n in range(users):
        api.ask("POST", "/v1/connections", {"user": f"user{n}", "name": f"User {n}", "password": "secret",
                                            "voicemail": False})  # whose lamp would be told
    return server


class Kamailio:
    name = "kamailio"

    def __init__(self, folder, users):
        self.port = free_port()
        self.process = subprocess.Popen(["kamailio", "-f", HERE / "register.cfg", "-l", f"udp:127.0.0.1:{self.port}", "-DD", "-E", "-m", "64", "-w", folder,
                                         "-Y", folder, "-P", folder / "pid"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(2)  # it says nothing when it is ready

    def pids(self):
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        return [self.process.pid, *map(int, children)]

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(20)


def load(server, folder, users, registrations, rate=1000, port=None):
    """Registers, from that port or any; returns CPU milliseconds per registration."""
    run = Path(tempfile.mkdtemp(dir=folder))
    (run / "users.csv").write_text("SEQUENTIAL\n" + "".join(f"user{n};[authentication username=user{n} password=secret];\n" for n in range(users)))
    before = cpu(server.pids())
    done = subprocess.run(["sipp", f"127.0.0.1:{server.port}", "-sf", HERE / "register.xml", "-inf", run / "users.csv", "-i", "127.0.0.1", "-p", str(port or free_port()),
                           "-m", str(registrations), "-r", str(rate), "-l", "200", "-nostdin", "-timeout", "600"], cwd=run, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"sipp against {server.name} ended with {done.returncode}: {done.stderr[-500:]}")
    time.sleep(0.5)  # what is written behind
    return (cpu(server.pids()) - before) / registrations * 1000


def fill(database, n):
    """N Connections, each with one registration of an hour, as a server would have stored them."""
    until = int(time.time() * 1000) + 3600_000
    with sqlite3.connect(database) as db:
        db.executemany("INSERT INTO connection (user, name, ha1_md5, ha1_sha256, is_virtual, has_voicemail, ring_ms, flow, sha256)"
                       " VALUES (?, ?, ?, ?, 0, 0, 20000, NULL, 0)", ((f"user{i}", f"User {i}", "m" * 32, "s" * 64) for i in range(n)))
        db.executemany("INSERT INTO binding (user, contact, instance, received, call_id, agent, reg_id, cseq, q, expires_wall_ms)"
                       " VALUES (?, ?, '<urn:uuid:00000000-0000-1000-8000-0004f2000000>', ?, ?, 'Desk Phone 1.2.3', 1, 1, 1.0, ?)",
                       ((f"user{i}", f"sip:user{i}@10.{i >> 16 & 255}.{i >> 8 & 255}.{i & 255}:5060",
                         f"sip:198.51.100.{i & 255}:{1024 + i % 60000};transport=udp", f"call-id-of-{i}@10.0.0.1", until) for i in range(n)))


def add_users(database, n, realm):
    """N Connections whose password is 'secret', as a server would have stored them."""
    ha1 = lambda user: hashlib.md5(f"{user}:{realm}:secret".encode()).hexdigest()  # noqa: E731
    with sqlite3.connect(database) as db:
        db.executemany("INSERT INTO connection (user, name, ha1_md5, ha1_sha256, is_virtual, has_voicemail, ring_ms, flow, sha256)"
                       " VALUES (?, ?, ?, ?, 0, 0, 20000, NULL, 0)", ((f"user{i}", f"User {i}", ha1(f"user{i}"), "s" * 64) for i in range(n)))


def status(server, what):
    return server.api().ask("GET", "/v1/status")[what]


def started(folder):
    """The server, and seconds until it was ready."""
    begun = time.monotonic()
    return Flowd(folder), time.monotonic() - begun


def measure_bindings(n):
    folder = Path(tempfile.mkdtemp(prefix="bench"))
    server, empty_s = started(folder)
    empty_kib, realm = memory(server.pid), status(server, "realm")
    server.stop()
    add_users(folder / "data/directory.db", n, realm)
    server, _ = started(folder)
    before_kib = memory(server.pid)
    phones = free_port()  # the same: a refresh is of the same Contact
    try:
        for what in ("registered", "refreshed"):
            begun = time.monotonic()
            ms = load(server, folder, n, n, rate=3000, port=phones)
            print(f"{what:10} {n} in {time.monotonic() - begun:.0f} s, {ms:.4f} s of CPU per 1000, then {memory(server.pid)} KiB resident", flush=True)
        kept = status(server, "registrations")
        server.stop()
        server, full_s = started(folder)
        still = status(server, "registrations")
        full_kib = memory(server.pid)
    finally:
        server.stop()
    shutil.rmtree(folder)
    print(f"there      {kept} of {n}, after a restart {still}")
    print(f"start      {empty_s:.2f} s empty, {full_s:.2f} s with {n} Connections and {n} registrations")
    print(f"memory     {empty_kib} KiB empty, {before_kib} with the Connections, {full_kib} after the restart with all: "
          f"{(full_kib - empty_kib) * 1024 / n:.0f} bytes a Connection with its registration")
    return kept == still == n


def main():
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--rounds", type=int, default=5)
    words.add_argument("--registrations", type=int, default=5000)
    words.add_argument("--users", type=int, default=1000)
    words.add_argument("--bindings", type=int)
    options = words.parse_args()
    if options.bindings:
        sys.exit(not measure_bindings(options.bindings))
    folder = Path(tempfile.mkdtemp(prefix="bench"))
    peers = [registrar(folder, options.users)] + ([Kamailio(folder, options.users)] if shutil.which("kamailio") else [])
    took = {peer.name: [] for peer in peers}
    try:
        for peer in peers:
            load(peer, folder, options.users, options.registrations)  # warm
        for _ in range(options.rounds):
            for peer in peers:
                took[peer.name].append(load(peer, folder, options.users, options.registrations))
        for name, figures in took.items():
            print(f"{name:10} {statistics.median(figures):.4f} s of CPU per 1000 registrations (of {' '.join(f'{f:.4f}' for f in figures)})")
        if len(took) == 2:
            print(f"ratio      {statistics.median(took['flowd']) / statistics.median(took['kamailio']):.2f} × Kamailio")
        print(f"memory     {memory(peers[0].process.pid)} KiB resident (flowd, {options.users} bindings)")
    finally:
        for peer in peers:
            peer.stop()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
