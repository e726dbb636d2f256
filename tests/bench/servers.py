"""The servers under test, how much they take, and SIPp: what benchmarks over the wire share."""
import http.client
import json
import os
import resource
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
BIN = Path(os.environ.get("CALLFLOW_BIN", HERE.parents[1] / "build/release/bin"))
NUMBER = "+48221234567"  # what the carrier of a benchmark calls


def cpu(pids):
    """Seconds of processor time of these processes and all their threads, to the nanosecond where the kernel counts so."""
    total = 0
    for pid in pids:
        for task in Path(f"/proc/{pid}/task").iterdir():
            total += int((task / "schedstat").read_text().split()[0])
    return total / 1e9


def memory(pid):
    """KiB resident."""
    return int(next(line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith("VmRSS")).split()[1])


def free_port():
    """A port P where P and P + 1 were free a moment ago."""
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

    def ask(self, method, path, body=None):
        self.request(method, path, json.dumps(body) if body is not None else None)
        answer = self.getresponse()
        text = answer.read()
        if answer.status >= 300:
            sys.exit(f"{method} {path}: {answer.status} {text.decode()}")
        return json.loads(text) if text else None


class Flowd:
    name = "flowd"

    def __init__(self, folder, *options):
        self.folder, self.options = Path(folder), options
        self.data = self.folder / "data"
        self.port = free_port()
        self.process = subprocess.Popen(list(map(str, [BIN / "flowd", "--data", self.data, "--sip-port", self.port, *options])),
                                        stdout=subprocess.PIPE, stderr=open(self.folder / "flowd.log", "a"), text=True, errors="replace")
        if not self.process.stdout.readline():
            sys.exit("flowd does not start: " + (self.folder / "flowd.log").read_text()[-500:])

    @property
    def pid(self):
        return self.process.pid

    def pids(self):
        return [self.process.pid]

    def api(self):
        return Api(str(self.data / "api.sock"))

    def ctl(self, *words):
        done = subprocess.run(list(map(str, [BIN / "flowctl", "--socket", self.data / "api.sock", *words])), capture_output=True, text=True, errors="replace")
        if done.returncode:
            sys.exit(f"flowctl {' '.join(map(str, words))}: {done.stderr}")
        return done.stdout

    def carry(self, flow):
        """A carrier at 127.0.0.1, whose calls to NUMBER run this flow of tests/bench."""
        image = self.folder / f"{flow}.flowc"
        subprocess.run([BIN / "flowc", "build", HERE / f"{flow}.flow", "-o", image], check=True)
        self.ctl("connection", "add", "bench", "--name", "Bench", "--virtual", "--no-voicemail")
        self.ctl("deploy", image, "--name", flow)
        self.ctl("attach", "bench", flow)
        self.ctl("trunk", "add", "carrier", "--gateways", "127.0.0.1:9", "--sources", "127.0.0.1", "--ping", "0s")
        self.ctl("number", "add", NUMBER, "--to", "bench")

    def stop(self):
        self.process.terminate()
        self.process.wait(30)


class Program:
    """A bare server of this folder that says when it is ready."""

    def __init__(self, name, *arguments):
        self.name, self.port = name, free_port()
        self.process = subprocess.Popen([BIN / name, *(a.format(port=self.port) for a in arguments)], stdout=subprocess.PIPE, text=True, errors="replace")
        self.process.stdout.readline()

    def pids(self):
        return [self.process.pid]

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(20)


def sipp(server, scenario, folder, *options, seconds=120):
    """Runs a scenario of this folder to its end; returns the processor seconds that SIPp took."""
    run = Path(tempfile.mkdtemp(dir=folder))
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(list(map(str, ["sipp", f"127.0.0.1:{server.port}", "-sf", HERE / f"{scenario}.xml", "-s", NUMBER, "-i", "127.0.0.1", "-p", free_port(),
                                         "-nostdin", "-timeout", seconds, "-trace_err", *options])), cwd=run, capture_output=True, text=True, errors="replace")
    if done.returncode:
        errors = "".join(p.read_text(errors="replace")[-300:] for p in run.glob("*errors.log"))
        sys.exit(f"sipp against {server.name} ended with {done.returncode}: {errors or done.stderr[-500:]}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


class Desk:
    """A phone, registered as the Connection 'desk', that answers as many calls as come."""

    def __init__(self, server, folder):
        run = Path(tempfile.mkdtemp(dir=folder))
        users, port = run / "users.csv", free_port()
        users.write_text("SEQUENTIAL\ndesk;[authentication username=desk password=secret];\n")
        server.api().ask("POST", "/v1/connections", {"user": "desk", "name": "Desk", "password": "secret", "voicemail": False})
        sipp(server, "register", folder, "-inf", users, "-m", 1, "-p", port)
        self.process = subprocess.Popen(list(map(str, ["sipp", "-sf", HERE / "desk.xml", "-i", "127.0.0.1", "-p", port, "-nostdin"])), cwd=run,
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def stop(self):
        self.process.terminate()
        self.process.wait(20)


def settle(seconds=0.5):
    """What is written and freed behind."""
    time.sleep(seconds)
