"""The media ends of the calls that SIPp signals: they hear RTP and press digits by RFC 4733, without privileges.

(SIPp's own play_dtmf needs a raw socket.) A scenario writes lines into the pipe:
    open BASE CALL                    before its INVITE
    talk BASE CALL REMOTE_PORT        once the call is up
"""
import heapq
import os
import selectors
import socket
import struct
import threading
import time

import numpy as np

KEYS = "0123456789*#ABCD"
EVENT_TYPE = 101  # the payload type that the scenarios offer
STEP = 160  # samples between two packets: 20 ms at 8000 Hz
HELD = 5  # packets while a digit is held
ENDS = 3  # packets that say it ended
GAP = 4  # packets' time between two digits


def event_packets(digits, ssrc, sequence, start, held=HELD, gap=GAP):
    """The RTP packets of these digits, as (when in steps, bytes)."""
    for digit in digits:
        for n in range(held + ENDS):
            marker, end = (0x80 if n == 0 else 0), (0x80 if n >= held else 0)
            header = struct.pack(">BBHII", 0x80, EVENT_TYPE | marker, sequence & 0xffff, start * STEP, ssrc)
            yield start + n, header + struct.pack(">BBH", KEYS.index(digit), end | 10, min(n + 1, held) * STEP)
            sequence += 1
        start += held + ENDS + gap


def decode_pcmu(payload):
    """G.711 u-law to samples."""
    u = ~np.frombuffer(payload, dtype=np.uint8)
    magnitude = ((((u & 0x0f).astype(np.int32) << 3) + 0x84) << ((u >> 4) & 7)) - 0x84
    return np.where(u & 0x80, -magnitude, magnitude) / 32767


class End:
    """One call's media end."""

    def __init__(self, port, call):
        self.port, self.call = port, call
        self.pressed = ""
        self.sent = 0  # packets
        self.sent_at = []  # when each left
        self.payloads = []
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(("127.0.0.1", port))

    def take(self):
        packet = self.socket.recv(2048)
        if len(packet) > 12 and packet[1] & 0x7f == 0:
            self.payloads.append(packet[12:])

    def heard(self):
        return decode_pcmu(b"".join(self.payloads))


class MediaEnds:
    """Use as a context manager. digits_of(call_number), when given, is pressed as soon as a call is up."""

    def __init__(self, folder, digits_of=None):
        self.pipe = f"{folder}/media.pipe"
        self.digits_of = digits_of
        self.ends = {}
        self.up = []  # ends in the order in which their calls came up
        os.mkfifo(self.pipe)
        self._queue = []
        self._changed = threading.Condition()
        self._stopped = False

    def __enter__(self):
        self._lines = os.open(self.pipe, os.O_RDWR | os.O_NONBLOCK)  # also a writer: it never sees an end of file
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._lines, selectors.EVENT_READ)
        self._threads = [threading.Thread(target=work, daemon=True) for work in (self._receive, self._send)]
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_):
        with self._changed:
            self._stopped = True
            self._changed.notify_all()
        os.write(self._lines, b"stop\n")
        for thread in self._threads:
            thread.join(5)
        for end in self.ends.values():
            end.socket.close()
        os.close(self._lines)

    def wait_up(self, count, timeout=20):
        """Waits until this many calls are up; returns their ends."""
        with self._changed:
            assert self._changed.wait_for(lambda: len(self.up) >= count, timeout), f"{len(self.up)} of {count} calls are up"
            return self.up[:]

    def press(self, end, digits, loses=lambda n: False, **how):
        """how: held and gap, in packets; loses(n): the network loses the n-th packet."""
        now = time.monotonic()
        with self._changed:
            first = end.sent + 50
            for n, (step, packet) in enumerate(event_packets(digits, end.port, end.sent, first, **how)):
                if not loses(n):
                    heapq.heappush(self._queue, (now + (step - first) * 0.02, end.port, step, packet, end.socket))
                end.sent = step + 1
            end.pressed += digits
            self._changed.notify_all()

    def speak(self, end, ulaw):
        """Sends these bytes of G.711 u-law as speech, from now on."""
        now = time.monotonic()
        with self._changed:
            first = end.sent + 50
            for n in range(len(ulaw) // STEP):
                step = first + n
                header = struct.pack(">BBHII", 0x80, 0, step & 0xffff, step * STEP, end.port)
                packet = header + ulaw[n * STEP:(n + 1) * STEP]
                heapq.heappush(self._queue, (now + n * 0.02, end.port, step, packet, end.socket))
            end.sent = first + len(ulaw) // STEP
            self._changed.notify_all()

    def _receive(self):
        rest = b""
        while not self._stopped:
            for key, _ in self._selector.select():
                if key.data:
                    self._take(key.data)
                    continue
                *lines, rest = (rest + os.read(self._lines, 65536)).split(b"\n")
                for line in lines:
                    self._obey(*line.decode().split())

    def _take(self, end):
        try:
            end.take()
        except ConnectionRefusedError:  # the far end's socket is closed: it hung up
            pass

    def _obey(self, word="", *numbers):
        if word not in ("open", "talk"):
            return
        base, call, *remote = map(int, numbers)
        port = base + 4 * (call - 1)  # as SIPp counts auto_media_port
        end = self.ends.get(port) or self._open(port, call)  # SIPp's commands run beside it: 'talk' may come first
        if word == "talk":
            end.socket.connect(("127.0.0.1", *remote))
            if self.digits_of:
                self.press(end, self.digits_of(end.call))
            with self._changed:
                self.up.append(end)
                self._changed.notify_all()

    def _open(self, port, call):
        end = self.ends[port] = End(port, call)
        self._selector.register(end.socket, selectors.EVENT_READ, end)
        return end

    def _send(self):
        with self._changed:
            while not self._stopped:
                wait = self._queue[0][0] - time.monotonic() if self._queue else None
                if wait is None or wait > 0:
                    self._changed.wait(wait)
                    continue
                _, port, _, packet, sock = heapq.heappop(self._queue)
                try:
                    sock.send(packet)
                    self.ends[port].sent_at.append(time.monotonic())
                except OSError:  # the far end hung up
                    pass
