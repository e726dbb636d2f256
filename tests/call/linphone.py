"""linphonec: another real phone without sound hardware, of another family than baresip. It speaks and records WAV files."""
import os
import subprocess
import threading
import time
from pathlib import Path

import audio
from events import Events, Missing
from ports import free_port

CONFIG = """\
[sip]
sip_port={port}
sip_tcp_port=0
sip_tls_port=0
bind_address=127.0.0.1
use_ipv6=0
register_only_when_network_is_up=0
[rtp]
audio_rtp_port={media}
[sound]
remote_ring=
local_ring=
"""

ACCOUNT = """\
[sip]
default_proxy=0
[auth_info_0]
username={user}
passwd={password}
[proxy_0]
reg_proxy=<sip:{proxy}>
reg_identity=sip:{user}@{server}
reg_expires=600
reg_sendregister=1
"""
EDGE = ACCOUNT + "reg_route=<sip:{proxy};lr>\n"


class Linphone:
    """Use as a context manager."""

    RATE = 48000  # of its recordings

    def __init__(self, folder, user, server, password, says, answers=False, proxy=None):
        """proxy: an edge proxy, by which it registers and calls."""
        self.folder, self.user, self.server, self.password = Path(folder), user, server, password
        self.says, self.answers, self.proxy = says, answers, proxy
        for name in (".local/share/linphone", ".config/linphone"):  # it makes none itself
            (self.folder / name).mkdir(parents=True)
        (self.folder / "rc").write_text(CONFIG.format(port=free_port(), media=free_port(spread=2)) + (EDGE.format(user=user, server=server, password=password, proxy=proxy) if proxy else ""))
        self.heard_file = self.folder / "heard.wav"
        self.lines = Events(f"{user}'s linphone")

    def __enter__(self):
        places = {name: str(self.folder / sub) for name, sub in (("HOME", ""), ("XDG_DATA_HOME", ".local/share"), ("XDG_CONFIG_HOME", ".config"))}
        self._process = subprocess.Popen(["stdbuf", "-oL", "linphonec", "-c", str(self.folder / "rc"), *(["-a"] if self.answers else [])],
                                         stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace",
                                         env={**os.environ, **places})
        threading.Thread(target=self._read, daemon=True).start()
        self.wait("Warning: video is disabled")  # it reads its commands from here on
        self.command(f"soundcard use files {self.says}")
        self.wait("Using sound device")
        self.command(f"record {self.heard_file}")
        self.command(f"play {self.says}")
        self.command(f"record {self.heard_file}")
        self.command(f"play {self.says}")
        return self

    def __exit__(self, *_):
        if self._process.poll() is None:
            try:
                self.command("quit")
                self._process.wait(10)
            except (subprocess.TimeoutExpired, OSError):
                self._process.kill()
                self._process.wait(10)

    def _read(self):
        with open(self.folder / "log", "w") as log:
            for line in self._process.stdout:
                log.write(line)
                log.flush()
                self.lines.add(line)
        self.lines.end()

    def command(self, text):
        self._process.stdin.write(text + "\n")
        self._process.stdin.flush()

    def wait(self, text, timeout=15):
        return self.lines.wait(lambda line: text in line, timeout, text)

    def register(self):
        if not self.proxy:  # else its settings tell it to
            self.command(f"register sip:{self.user}@{self.server} sip:{self.server} {self.password}")
        self.wait_for(self._is_registered, "not registered")
        return self

    def _is_registered(self):
        """It tells nobody by itself."""
        self.command("status register")
        return "registered, identity" in self.wait("registered")

    def call(self, user):
        self.command(f"call sip:{user}@{self.server}")
        self.wait("Media streams established")

    def heard(self):
        """What it has recorded, also while it is being written."""
        data = self.heard_file.read_bytes() if self.heard_file.exists() else b""
        return audio.from_pcm(data[44:], self.RATE)  # its header says nothing before the end

    def wait_heard(self, wanted, timeout=30, since=0.0):
        """Waits until its pieces have arrived; its own clock moves them a little against each other."""
        self.wait_for(lambda: audio.share_heard(self.heard()[int(since * audio.RATE):], wanted) > 0.85, "the sentence was not heard", timeout)

    def wait_for(self, what, otherwise, timeout=15):
        deadline = time.monotonic() + timeout
        while not what():
            if time.monotonic() > deadline:
                raise Missing(f"{self.user}: {otherwise}")
            time.sleep(0.1)  # between two looks
