"""A flowd of its own for a test: its data in a folder, its ports on loopback, its log at hand, its resources counted."""
import contextlib
import json
import os
import re
import signal
import subprocess
import threading
import time
from pathlib import Path

from events import Events
from ports import free_port

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(os.environ.get("CALLFLOW_BIN", ROOT / "build/release/bin"))
READY = re.compile(r"^flowd: ready sip=(?P<sip>\S+) api=(?P<api>\S+)")
CDR = re.compile(r"INFO cdr: (?P<fields>.*)$")


def flowc(*arguments, **options):
    """Runs flowc and returns what subprocess.run does."""
    return subprocess.run([BIN / "flowc", *map(str, arguments)], capture_output=True, text=True, timeout=60, **options)


def build_flow(source, folder):
    """Compiles the text of a flow; returns the image's path."""
    name = re.search(r"^flow (\w+)", source, re.MULTILINE)[1]
    path = Path(folder) / f"{name}.flow"
    path.write_text(source)
    built = flowc("build", path, "-o", path.with_suffix(".flowc"))
    assert built.returncode == 0, built.stderr
    return path.with_suffix(".flowc")


class Server:
    """Use as a context manager, or start() and stop(). It can be started again on the same data."""

    def __init__(self, folder, rtp_ports=200, options=(), address="127.0.0.1", transcribe=False, under=()):
        """under: a command that runs flowd as its own process, such as strace -D."""
        self.folder = Path(folder)
        self.data = self.folder / "data"
        self.data.mkdir(parents=True, exist_ok=True)
        self.rtp_from = free_port(spread=2)
        self.rtp_ports = rtp_ports
        self.options = list(options) + ([] if transcribe else ["--no-transcribe"])  # it takes a core for seconds
        self.address, self.under = address, under
        self.sip_port = 0  # any at first; the same after a restart
        self.out = self.log = self.sip = self.api = self._process = None

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()

    def start(self):
        low = max(1024, min(self.rtp_from & ~1, 65534 - self.rtp_ports))
        command = [*self.under, BIN / "flowd", "--data", self.data, "--listen", self.address, "--sip-port", self.sip_port,
                   "--socket", self.folder / "api.sock", "--rtp-ports", f"{low}-{low + self.rtp_ports - 1}", *self.options]
        self._process = subprocess.Popen(list(map(str, command)), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                         stderr=subprocess.PIPE, text=True, errors="replace")
        self.out, self.log = Events("flowd's output"), Events("flowd's log")
        for stream, events in ((self._process.stdout, self.out), (self._process.stderr, self.log)):
            threading.Thread(target=self._read, args=(stream, events), daemon=True).start()
        ready = READY.match(self.out.wait(READY.match, 20, "line that it is ready"))
        self.sip, self.api = ready["sip"], ready["api"]
        self.sip_port = int(self.sip.rsplit(":", 1)[1])
        return self

    def _read(self, stream, events):
        with open(self.folder / "flowd.log", "a") as log:
            for line in stream:
                log.write(line)
                log.flush()
                events.add(line.rstrip("\n"))
        events.end()

    def stop(self):
        """Asks it to stop; it must do so cleanly."""
        if self._process is None:
            return
        process, self._process = self._process, None
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        try:
            status = process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(10)
            raise AssertionError("flowd did not stop when asked to")
        assert status == 0, f"flowd ended with {status}: {self.log.seen[-20:]}"

    def crash(self):
        """Ends it as a power cut would."""
        self._process.kill()
        self._process.wait(10)
        self._process = None

    def is_alive(self):
        return self._process is not None and self._process.poll() is None

    def wait_cdr(self, timeout=10):
        """The next call's line in the log, as a dictionary of its fields."""
        line = self.log.wait(CDR.search, timeout, "line of a call that ended")
        return fields(line)

    def cdrs(self):
        return [fields(line) for line in list(self.log.seen) if CDR.search(line)]

    def is_sanitized(self):
        """Whether it was built with ASan, which keeps freed memory for a while."""
        return b"__asan_init" in (BIN / "flowd").read_bytes()

    def memory(self):
        """Resident memory in KiB."""
        status = Path(f"/proc/{self._process.pid}/status").read_text()
        return int(re.search(r"^VmRSS:\s+(\d+)", status, re.MULTILINE)[1])

    def descriptors(self):
        """How many are open besides the sockets of RTP: those stay open when their call is over."""
        sockets = self._udp_inodes()
        return sum(name not in sockets for name in self._descriptors())

    def rtp_ports_used(self, timeout=10):
        """How many RTP ports have an owner, once the media thread has had time to take back those of ended legs: what
        is left is in use, or leaked."""
        deadline = time.monotonic() + timeout
        while (left := self._status()["rtp_ports"]) and time.monotonic() < deadline:
            time.sleep(0.05)  # between two looks
        return left

    def _status(self):
        done = subprocess.run([BIN / "flowctl", "--socket", self.folder / "api.sock", "--json", "status"], capture_output=True, text=True, check=True)
        return json.loads(done.stdout)

    def _descriptors(self):
        for fd in os.listdir(f"/proc/{self._process.pid}/fd"):
            with contextlib.suppress(FileNotFoundError):  # closed meanwhile
                yield os.readlink(f"/proc/{self._process.pid}/fd/{fd}")

    def _udp_inodes(self):
        rows = [line.split() for line in Path("/proc/net/udp").read_text().splitlines()[1:]]
        return {f"socket:[{row[9]}]" for row in rows if int(row[1].split(":")[1], 16) != self.sip_port}


def fields(line):
    """key=value words of a call's line; a value is without spaces."""
    return dict(word.split("=", 1) for word in CDR.search(line)["fields"].split() if "=" in word)
