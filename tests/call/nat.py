"""A network behind a masquerading router, made of network namespaces: a phone in it, the server outside.

    phone 192.168.77.2 --- 192.168.77.1 router 198.18.N.2 --- 198.18.N.1 server (this machine)
"""
import ctypes
import os
import socket
import subprocess

CLONE_NEWNET = 0x40000000
_libc = ctypes.CDLL(None, use_errno=True)


class Unavailable(Exception):
    """Network namespaces or masquerading cannot be had here; the text says why."""


def _run(*words):
    done = subprocess.run(list(map(str, words)), capture_output=True, text=True)
    if done.returncode:
        raise Unavailable(f"{' '.join(map(str, words))}: {done.stderr.strip()}")


class Nat:
    """Use as a context manager."""

    def __init__(self):
        mark = os.getpid() % 100000
        self.router, self.inside = f"nat{mark}r", f"nat{mark}p"
        self.outer, self.inner = f"no{mark}", f"ni{mark}"
        net = os.getpid() % 200
        self.server, self.public = f"198.18.{net}.1", f"198.18.{net}.2"
        self.phone = "192.168.77.2"

    def __enter__(self):
        try:
            self._make()
        except (Unavailable, FileNotFoundError) as error:
            self.__exit__()
            raise Unavailable(str(error)) from error
        return self

    def _make(self):
        for space in (self.router, self.inside):
            _run("ip", "netns", "add", space)
            self._in(space, "ip", "link", "set", "lo", "up")
        _run("ip", "link", "add", self.outer, "type", "veth", "peer", "name", "wan", "netns", self.router)
        _run("ip", "-n", self.router, "link", "add", "lan", "type", "veth", "peer", "name", "eth0", "netns", self.inside)
        _run("ip", "address", "add", f"{self.server}/30", "dev", self.outer)
        _run("ip", "link", "set", self.outer, "up")
        for space, device, address in ((self.router, "wan", f"{self.public}/30"), (self.router, "lan", "192.168.77.1/24"),
                                       (self.inside, "eth0", f"{self.phone}/24")):
            _run("ip", "-n", space, "address", "add", address, "dev", device)
            _run("ip", "-n", space, "link", "set", device, "up")
        _run("ip", "-n", self.router, "route", "add", "default", "via", self.server)
        _run("ip", "-n", self.inside, "route", "add", "default", "via", "192.168.77.1")
        self._in(self.router, "sh", "-c", "echo 1 > /proc/sys/net/ipv4/ip_forward")
        self._in(self.router, "iptables", "-t", "nat", "-A", "POSTROUTING", "-o", "wan", "-j", "MASQUERADE", "--random")

    def _in(self, space, *words):
        _run("ip", "netns", "exec", space, *words)

    def __exit__(self, *_):
        for space in (self.inside, self.router):
            subprocess.run(["ip", "netns", "delete", space], capture_output=True)
        subprocess.run(["ip", "link", "delete", self.outer], capture_output=True)

    def prefix(self):
        return ["ip", "netns", "exec", self.inside]

    def connect(self, address, timeout):
        """A connection within the phone's network: a socket stays where it was made."""
        with open("/proc/self/ns/net") as here, open(f"/var/run/netns/{self.inside}") as there:
            if _libc.setns(there.fileno(), CLONE_NEWNET):
                raise Unavailable("setns")
            try:
                return socket.create_connection(address, timeout)
            finally:
                _libc.setns(here.fileno(), CLONE_NEWNET)
