"""REGISTER with digest (401, then 200): CPU of the server per registration, against Kamailio with its table in memory, run by turns.

    tests/bench/register.py [--rounds N] [--registrations N] [--users N]
"""
import argparse
import http.client
import json
import os
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
BIN = Path(os.environ.get("CALLFLOW_BIN", HERE.parents[1] / "build/release/bin"))
TICK = os.sysconf("SC_CLK_TCK")


def cpu(pids):
    """Seconds of CPU that these processes and all their threads have used."""
    total = 0
    for pid in pids:
        fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
        total += int(fields[11]) + int(fields[12])
    return total / TICK


def memory(pid):
    return int(next(line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith("VmRSS")).split()[1])


def free_port():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Api(http.client.HTTPConnection):
    def __init__(self, path):
        super().__init__("flowd")
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect(self.path)

    def post(self, path, body):
        self.request("POST", path, json.dumps(body))
        answer = self.getresponse()
        answer.read()
        assert answer.status < 300, answer.status


class Flowd:
    name = "flowd"

    def __init__(self, folder, users):
        self.port = free_port()
        self.process = subprocess.Popen([BIN / "flowd", "--data", folder / "data", "--sip-port", str(self.port)], stdout=subprocess.PIPE,
                                        stderr=subprocess.DEVNULL, text=True)
        self.process.stdout.readline()
        api = Api(str(folder / "data/api.sock"))
        for n in range(users):
            api.post("/v1/connections", {"user": f"user{n}", "name": f"User {n}", "password": "secret",
                                         "voicemail": False})  # whose lamp would be told

    def pids(self):
        return [self.process.pid]

    def stop(self):
        self.process.terminate()
        self.process.wait(20)


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


def load(server, folder, options):
    """Registers; returns CPU milliseconds per registration."""
    run = Path(tempfile.mkdtemp(dir=folder))
    (run / "users.csv").write_text("SEQUENTIAL\n" + "".join(f"user{n};[authentication username=user{n} password=secret];\n" for n in range(options.users)))
    before = cpu(server.pids())
    done = subprocess.run(["sipp", f"127.0.0.1:{server.port}", "-sf", HERE / "register.xml", "-inf", run / "users.csv", "-i", "127.0.0.1", "-p", str(free_port()),
                           "-m", str(options.registrations), "-r", "1000", "-l", "200", "-nostdin", "-timeout", "120"], cwd=run, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"sipp against {server.name} ended with {done.returncode}: {done.stderr[-500:]}")
    time.sleep(0.5)  # what is written behind
    return (cpu(server.pids()) - before) / options.registrations * 1000


def main():
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--rounds", type=int, default=5)
    words.add_argument("--registrations", type=int, default=5000)
    words.add_argument("--users", type=int, default=200)
    options = words.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="bench"))
    peers = [Flowd(folder, options.users)] + ([Kamailio(folder, options.users)] if shutil.which("kamailio") else [])
    took = {peer.name: [] for peer in peers}
    try:
        for peer in peers:
            load(peer, folder, options)  # warm
        for _ in range(options.rounds):
            for peer in peers:
                took[peer.name].append(load(peer, folder, options))
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
