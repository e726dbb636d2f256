"""How soon what is said is on the disk: measured by killing the server, and by the system calls of a real recording."""
import re
import time

import audio
import numpy as np
import sipp
from conftest import PASSWORDS
from ctl import Ctl
from media_ends import STEP, MediaEnds
from messages import leave_message, messages
from server import Server
from sip_peer import encode_pcmu
from test_mailbox import eventually

LOST = 0.2  # seconds that a kill may cost
HEADER = 44  # bytes of a WAV's


def speech(seconds):
    """u-law of a voice with a little noise, so that each of its frames is like no other."""
    voice = np.concatenate([audio.prompt(name) for name in ("demo-abouttotry", "demo-congrats")])
    voice = np.resize(voice, int(seconds * audio.RATE)).astype(float)
    voice /= max(1.0, np.max(np.abs(voice))) * 1.1
    return encode_pcmu(voice + 0.01 * np.random.default_rng(7).standard_normal(len(voice)))


def linear(ulaw):
    """G.711 to the samples that a file of the server holds."""
    u = ~np.frombuffer(ulaw, dtype=np.uint8)
    magnitude = ((((u & 0x0f).astype(np.int32) << 3) + 0x84) << ((u >> 4) & 7)) - 0x84
    return np.where(u & 0x80, -magnitude, magnitude).astype("<i2")


def on_disk(path):
    """The audio in the file, whatever its header says."""
    data = path.read_bytes()[HEADER:]
    return data[:len(data) // 2 * 2]


def packets_kept(path, said):
    """How many of the packets of what was said are in the file, counted from its first."""
    kept = on_disk(path)
    tail = kept[-2 * STEP:]
    at = said.find(tail)
    assert at >= 0 and said.find(tail, at + 1) < 0, "the file's end is a piece of what was said"
    assert said[:at + len(tail)].endswith(kept), "all before it too"
    return (at + len(tail)) // (2 * STEP)


def test_a_kill_costs_less_than_200_ms_of_what_came(tmp_path):
    """Three messages, each cut off by kill -9: all that had left 200 ms before is in its file."""
    lost = []
    with Server(tmp_path / "s") as server:
        ctl = Ctl(server)
        ctl.add("ann", PASSWORDS["ann"])
        ctl.add("notes", virtual=True, voicemail=True)
        ulaw = speech(25)
        said = linear(ulaw).tobytes()
        for turn in range(3):
            (tmp_path / f"media-{turn}").mkdir()
            with MediaEnds(tmp_path / f"media-{turn}") as media:
                run = sipp.Run("call", server, "ann", PASSWORDS["ann"], tmp_path / f"sipp-{turn}", service="notes", pipe=media.pipe)
                (end,) = media.wait_up(1)
                media.speak(end, ulaw)
                new = eventually(lambda: [p for p in (server.data / "voicemail").glob("*.wav")  # noqa: B023
                                          if p.name not in dict(lost) and p.stat().st_size > HEADER + 3 * 2 * audio.RATE])
                killed = time.monotonic()
                server.crash()
                run.kill()
            left = sum(at <= killed for at in end.sent_at)
            kept = packets_kept(new[0], said)
            lost.append((new[0].name, 0.02 * (left - kept)))
            server.start()
    print(f"lost: {lost}")
    assert max(seconds for _, seconds in lost) <= LOST


# ---- the system calls ----

CALL = re.compile(r"^\d+ +(?P<at>\d+\.\d+) (?P<name>\w+)\(\d+<(?P<path>[^>]*)>(?P<rest>.*)$", re.MULTILINE)


def test_the_file_is_reserved_written_and_synced_in_time(tmp_path, new_phone):
    trace = tmp_path / "trace"
    strace = ["strace", "-D", "-f", "--seccomp-bpf", "-y", "-ttt", "-e", "trace=fallocate,pwrite64,fsync,fdatasync,ftruncate", "-o", trace]
    with Server(tmp_path / "s", under=strace) as server:
        ctl = Ctl(server)
        ctl.add("ann", PASSWORDS["ann"])
        ctl.add("notes", virtual=True, voicemail=True)
        ann = new_phone("ann", domain=server.sip, password=PASSWORDS["ann"], expires=600)
        ann.wait("REGISTER_OK")
        ann.dial("notes")
        leave_message(ann, tmp_path)
        (message,) = eventually(lambda: messages(ctl, "notes"))
        (wav,) = (server.data / "voicemail").glob("*.wav")
    seen = [m for m in CALL.finditer(trace.read_text()) if m["path"] == str(wav)]
    names = [m["name"] for m in seen]
    audio_writes = [float(m["at"]) for m in seen if m["name"] == "pwrite64" and not m["rest"].endswith(", 44, 0) = 44")]
    syncs = [float(m["at"]) for m in seen if m["name"] == "fdatasync"]
    seconds = message["length_ms"] / 1000
    assert seconds > 3

    assert names.index("fallocate") < [m["name"] == "pwrite64" and m["rest"].find(", 44, 0)") < 0 for m in seen].index(True), \
        "room is reserved before the first of the audio"
    reserved = int(re.search(r", 0, (\d+)\)", next(m["rest"] for m in seen if m["name"] == "fallocate"))[1])
    assert reserved >= 3 * 60 * 2 * audio.RATE, "for the longest message, three minutes"
    folder = [m for m in CALL.finditer(trace.read_text()) if m["name"] == "fsync" and m["path"] == str(wav.parent)]
    assert folder and float(folder[0]["at"]) < audio_writes[0], "its name is on the disk before its audio"

    assert max(np.diff(audio_writes)) <= LOST, "written at least every 200 ms"
    assert abs(len(syncs) - (seconds + 1)) <= 1.5, f"{len(syncs)} syncs in {seconds} s, the last as it is closed"
    assert max(np.diff([audio_writes[0], *syncs])) < 1.4, "synced each second"
    assert names[-1] == "fdatasync" and "ftruncate" in names, "what was reserved too much is given back"
