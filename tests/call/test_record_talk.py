"""`record: yes` of a bridge: the talk as a stereo file, the caller left, the callee right; the CDR names it."""
import numpy as np
from scipy.io import wavfile

import audio
from server import build_flow

FLOW = """flow door {
    bridge "bob", ring: 20s, record: yes { on ended { hangup } else { hangup } }
}
"""


def test_each_side_has_its_channel(server, ctl, register, tmp_path):
    ctl.add("door", virtual=True)
    ctl.attach_flow("door", build_flow(FLOW, tmp_path))
    bob = register("bob", says=audio.sentence(tmp_path, "vm-intro", lead=0.5), codec="g722")
    ann = register("ann", says=audio.sentence(tmp_path, "demo-thanks", lead=0.5))
    ann.dial("door")
    bob.wait_heard_in_pieces(audio.prompt("demo-thanks"))
    ann.wait_heard_in_pieces(audio.prompt("vm-intro"))
    ann.hang_up()
    bob.wait("CALL_CLOSED")
    path = server.data / server.wait_cdr()["recording1"]
    server.stop()  # with which every recording is whole
    rate, frames = wavfile.read(path)
    server.start()
    assert (rate, frames.ndim, frames.shape[1]) == (8000, 2, 2), "one of them is narrow band"
    left, right = (frames[:, side].astype(np.float64) / 32767 for side in (0, 1))
    assert audio.share_heard(left, audio.prompt("demo-thanks")) >= 0.8
    assert audio.share_heard(right, audio.prompt("vm-intro")) >= 0.8
    assert audio.share_heard(right, audio.prompt("demo-thanks")) < 0.3
