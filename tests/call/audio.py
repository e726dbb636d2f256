"""Sound for the call tests: sentences to speak, and how alike two recordings are.

Samples are float arrays at 8000 Hz, full scale 1.0. The sentences are recorded human prompts of
asterisk-core-sounds-en-wav.
"""
import subprocess
from pathlib import Path

import numpy as np
from scipy.io import wavfile
from scipy.signal import correlate, resample_poly

RATE = 8000
PROMPTS = Path("/usr/share/asterisk/sounds/en_US_f_Allison")
SILENT = 1e-4  # mean square below which a stretch holds no speech


def load(path):
    """The samples of a WAV file, mono, resampled to 8000 Hz."""
    rate, data = wavfile.read(path)
    samples = data.astype(np.float64) / (np.iinfo(data.dtype).max if data.dtype.kind == "i" else 1.0)
    if samples.ndim > 1:
        samples = samples.mean(axis=1)
    return samples if rate == RATE else resample_poly(samples, RATE, rate)


def from_pcm(data, rate=RATE, channels=1):
    """The samples of 16-bit PCM, mixed down and resampled to 8000 Hz."""
    frame = 2 * channels
    samples = np.frombuffer(data[:len(data) // frame * frame], dtype="<i2").astype(np.float64) / 32767
    if channels > 1:
        samples = samples.reshape(-1, channels).mean(axis=1)
    return samples if rate == RATE or not len(samples) else resample_poly(samples, RATE, rate)


def prompt(name):
    """The samples of a recorded prompt, e.g. 'vm-intro'."""
    return load(PROMPTS / f"{name}.wav")


def spoken(folder, text):
    """The samples of a text as flite's own program speaks it: what a prompt of the server must sound like."""
    path = Path(folder) / "spoken.wav"
    subprocess.run(["flite", "-voice", "slt", "-t", text, "-o", str(path)], check=True, capture_output=True)
    return trim(load(path))


def ulaw(folder, path):
    """The bytes of a WAV file in G.711 u-law."""
    raw = Path(folder) / "speech.ul"
    subprocess.run(["sox", str(path), "-t", "ul", "-r", str(RATE), "-c", "1", str(raw)], check=True)
    return raw.read_bytes()


def tone(hertz, seconds):
    return 0.3 * np.sin(2 * np.pi * hertz * np.arange(int(seconds * RATE)) / RATE)


def sentence(folder, name, lead=0.0, tail=120.0):
    """Writes a WAV for a phone to speak: silence, the prompt, and silence so that the file outlasts the call."""
    path = Path(folder) / f"{name.replace('/', '-')}-{lead}-{tail}.wav"
    subprocess.run(["sox", str(PROMPTS / f"{name}.wav"), "-r", str(RATE), "-b", "16", "-c", "1", str(path),
                    "pad", str(lead), str(tail)], check=True)
    return path


def best_match(heard, wanted):
    """Where in `heard` the `wanted` samples fit best: (correlation 0..1, offset in seconds)."""
    if len(heard) < len(wanted):
        heard = np.concatenate([heard, np.zeros(len(wanted) - len(heard))])
    products = correlate(heard, wanted, mode="valid", method="fft")
    energy = np.concatenate([[0.0], np.cumsum(heard * heard)])
    windows = energy[len(wanted):] - energy[:-len(wanted)]
    norm = np.sqrt(np.maximum(windows, 1e-3) * max(float(wanted @ wanted), 1e-9))
    alike = products / norm
    at = int(np.argmax(alike))
    return float(alike[at]), at / RATE


def alike(heard, wanted):
    """The correlation of `wanted` with the best fitting stretch of `heard`."""
    return best_match(heard, wanted)[0]


def trim(samples):
    """The samples without the silence before and after."""
    loud = np.flatnonzero(np.abs(samples) > 0.01)
    return samples[loud[0]:loud[-1] + 1] if len(loud) else samples[:0]


def gaps(stored, said, piece=0.25):
    """The stretches of `said` (start in seconds) whose sound `stored` lacks, after aligning the whole of it."""
    _, offset = best_match(stored, said)
    start, size = int(offset * RATE), int(piece * RATE)
    stored = np.concatenate([stored[start:], np.zeros(len(said))])
    missing = []
    for at in range(0, len(said) - size + 1, size):
        part = said[at:at + size]
        if np.mean(part * part) > SILENT and alike(stored[max(0, at - 160):at + size + 160], part) < 0.9:
            missing.append(at / RATE)
    return missing


def share_heard(heard, said, piece=0.4, least=0.8):
    """The share (0 to 1) of the sounding pieces of `said` that `heard` holds, each wherever it lies: a jitter buffer may
    have moved some against the others."""
    size = int(piece * RATE)
    parts = [said[at:at + size] for at in range(0, len(said) - size + 1, size)]
    parts = [part for part in parts if np.mean(part * part) > SILENT]
    return sum(alike(heard, part) > least for part in parts) / len(parts)
