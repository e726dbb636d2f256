"""The admin at the keyboard: flowctl against a server's API socket."""
import json
import subprocess

from server import BIN


class Refused(Exception):
    """flowctl ended with another status than 0; .status and .message say more."""

    def __init__(self, status, message):
        super().__init__(f"flowctl ended with {status}: {message}")
        self.status, self.message = status, message


class Ctl:
    def __init__(self, server):
        self.server = server

    def run(self, *words):
        """Runs a command; returns what it printed. Raises Refused when it fails."""
        command = [BIN / "flowctl", "--socket", self.server.api, *words]
        done = subprocess.run(list(map(str, command)), capture_output=True, text=True, timeout=30)
        if done.returncode:
            raise Refused(done.returncode, done.stderr.strip())
        return done.stdout

    def pipe(self, text, *words):
        """Runs a command with this text on its standard input."""
        command = [BIN / "flowctl", "--socket", self.server.api, *words]
        done = subprocess.run(list(map(str, command)), input=text, capture_output=True, text=True, timeout=30)
        if done.returncode:
            raise Refused(done.returncode, done.stderr.strip())
        return done.stdout

    def list_one(self, *words):
        """The object that a command shows."""
        return json.loads(self.run("--json", *words))

    def list(self, *words):
        """The rows that a listing prints, as dictionaries: its JSON is an object with one list in it."""
        (rows,) = json.loads(self.run("--json", *words)).values()
        return rows

    def add(self, user, password=None, virtual=False, voicemail=False, ring_time=None):
        words = ["connection", "add", user, "--name", user.title()]
        words += ["--password", password] if password else []
        words += ["--virtual"] if virtual else []
        words += ["--voicemail" if voicemail else "--no-voicemail"]
        words += ["--ring-time", ring_time] if ring_time else []
        return self.run(*words)

    def attach_flow(self, user, image, name=None):
        """Deploys an image and attaches it to a Connection."""
        name = name or image.stem
        self.run("deploy", image, "--name", name)
        self.run("attach", user, name)
