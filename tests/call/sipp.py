"""SIPp, the load generator: scenarios of tests/call/scenarios against the server."""
import csv
import subprocess
from pathlib import Path

from ports import free_port, free_span

SCENARIOS = Path(__file__).parent / "scenarios"


class Result:
    """What a run ended with: counts of calls, and SIPp's own account of it."""

    def __init__(self, status, output, folder):
        self.status, self.output = status, output
        rows = []
        for path in Path(folder).glob("*_.csv"):
            with open(path, newline="") as stream:
                rows = list(csv.DictReader(stream, delimiter=";"))
        last = rows[-1] if rows else {}
        self.succeeded = int(last.get("SuccessfulCall(C)", 0))
        self.failed = int(last.get("FailedCall(C)", 0))
        self.errors = "\n".join(p.read_text(errors="replace")[-2000:] for p in Path(folder).glob("*_errors.log"))


def _command(scenario, server, user, password, folder, **load):
    """The command line of a run; load: calls, rate (calls a second), at_once, service (whom to
    dial), pipe (of MediaEnds), seconds (limit of the run)."""
    media_port = free_span(8 + 4 * load.get("calls", 1)) + 8  # SIPp keeps those at -mp for itself
    return [
        "sipp", server.sip, "-sf", SCENARIOS / f"{scenario}.xml", "-s", load.get("service", user),
        "-set", "user", user, "-set", "pipe", load.get("pipe", "/dev/null"), "-au", user, "-ap", password, "-i", "127.0.0.1", "-p", free_port(), "-mi", "127.0.0.1",
        "-mp", media_port - 8, "-set", "media_base", media_port, "-m", load.get("calls", 1), "-r", load.get("rate", 10),
        "-l", load.get("at_once", 1000), "-nostdin", "-trace_stat", "-trace_err", "-fd", "1",
        "-recv_timeout", 30000, "-timeout", load.get("seconds", 60), "-timeout_error",
    ]


class Run:
    """A scenario that runs in the background; wait() gives its result."""

    def __init__(self, scenario, server, user, password, folder, **load):
        self.folder = Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.seconds = load.get("seconds", 60)
        line = list(map(str, _command(scenario, server, user, password, folder, **load)))
        self._output = open(self.folder / "output", "w+", errors="replace")
        self._process = subprocess.Popen(line, stdin=subprocess.DEVNULL, stdout=self._output, stderr=subprocess.STDOUT,
                                         cwd=self.folder)

    def kill(self):
        """For one whose server is gone: it would wait for long."""
        self._process.kill()
        self._process.wait(10)
        self._output.close()

    def wait(self):
        try:
            status = self._process.wait(self.seconds + 30)
        finally:
            self._process.kill()
        self._output.seek(0)
        return Result(status, self._output.read(), self.folder)


def run(*arguments, **load):
    """Runs a scenario to its end."""
    return Run(*arguments, **load).wait()


class Echo:
    """SIPp as a gateway at an address of its own: it answers one call and says back what it hears. Use as a context manager."""

    def __init__(self, folder, address="127.0.0.6"):
        self.folder, self.address, self.port, self.media = folder, address, free_port(), free_span(8)
        self.gateway = f"{address}:{self.port}"

    def __enter__(self):
        line = ["sipp", "-sn", "uas", "-i", self.address, "-p", self.port, "-mi", self.address, "-mp", self.media, "-rtp_echo", "-m", 1, "-nostdin", "-timeout", 60,
                "-timeout_error"]
        self._process = subprocess.Popen(list(map(str, line)), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=self.folder)
        return self

    def __exit__(self, *_):
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait(10)

    def wait(self, seconds=30):
        """Until the call has ended; it must have gone well."""
        assert self._process.wait(seconds) == 0
