"""A name server on loopback (dnsmasq), and one that never answers."""
import socket
import subprocess
from pathlib import Path

from ports import free_port


class Names:
    """Use as a context manager; conf is the resolv.conf that leads to it."""

    def __init__(self, folder, *records):
        self.port = free_port()
        self.conf = Path(folder) / "resolv.conf"
        self.conf.write_text(f"nameserver 127.0.0.1\nport {self.port}\n")
        self.records = records
        self._process = None

    def __enter__(self):
        self.start()
        return self

    def start(self):
        self._process = subprocess.Popen(["dnsmasq", "--keep-in-foreground", "--conf-file=/dev/null", f"--port={self.port}", "--listen-address=127.0.0.1", "--bind-interfaces",
                                          "--no-resolv", "--no-hosts", "--user=", "--group=", "--pid-file=", "--local=/test/", "--local-ttl=1", *self.records])

    def stop(self):
        if self._process:
            self._process.terminate()
            self._process.wait(10)
            self._process = None

    def __exit__(self, *_):
        self.stop()


class DeadNames:
    """Takes every question and says nothing."""

    def __init__(self, folder):
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self._socket.settimeout(20)
        self.conf = Path(folder) / "resolv.conf"
        self.conf.write_text(f"nameserver 127.0.0.1\nport {self._socket.getsockname()[1]}\n")

    def wait_asked(self):
        return self._socket.recv(512)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._socket.close()
