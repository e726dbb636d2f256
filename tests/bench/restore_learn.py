#!/usr/bin/env python3
"""Learns sipfront/transcribe/hear_restore.def: the mel bands that telephone audio lacks, from those that it has.

    tests/bench/restore_learn.py [--turns N] [--out FILE]     writes the file; needs the packages asterisk-core-sounds-{fr,it,ru}-g722

Its speakers speak French, Italian and Russian: none is the one of tests/bench/wer, and what they say are translations
(asterisk-core-sounds-es has the same speaker as the English one, so it is not used). A linear regression by least
squares over seven frames, then a layer of 48 units for what that leaves, by Adam; a tenth of the files tells how good."""
import argparse
import subprocess
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
OUT = ROOT / "sipfront/transcribe/hear_restore.def"
VOICES = ["fr_CA_f_June", "it_IT_m_Carlo", "ru_RU_f_IvrvoiceRU"]
BANDS, NARROW, AROUND, UNITS, SCALE, BATCH = 25, 20, 3, 48, 8192, 1024


def spectra(program):
    """(narrow, wide) of each file, frames of BANDS."""
    files = [f for v in VOICES for f in sorted(Path("/usr/share/asterisk/sounds", v).rglob("*.g722"))]
    raw = subprocess.run([program, "--bands", *files], check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout
    at = 0
    while at < len(raw):
        pair = []
        for _ in range(2):
            count = int(np.frombuffer(raw, "i4", 1, at)[0])
            pair.append(np.frombuffer(raw, "f4", count * BANDS, at + 4).reshape(count, BANDS))
            at += 4 + count * BANDS * 4
        count = min(map(len, pair))
        if count > 20:
            yield pair[1][:count], pair[0][:count]


def seen(narrow):
    padded = np.pad(narrow[:, :NARROW], ((AROUND, AROUND), (0, 0)), "edge")
    return np.hstack([padded[i:i + len(narrow)] for i in range(2 * AROUND + 1)])


def regression(x, y):
    x = np.hstack([x, np.ones((len(x), 1))]).astype("f8")
    return np.linalg.solve(x.T @ x + 10 * np.eye(x.shape[1]), x.T @ y)


def network(x, y, turns, random):
    """Weights for tanh(x a + b) c + d = y; x and y have mean 0 and deviation 1."""
    a = random.standard_normal((x.shape[1], UNITS)) / np.sqrt(x.shape[1])
    p = [w.astype("f4") for w in (a, np.zeros(UNITS), random.standard_normal((UNITS, y.shape[1])) / 100, np.zeros(y.shape[1]))]
    mean, square = [np.zeros_like(w) for w in p], [np.zeros_like(w) for w in p]
    step = 0
    for turn in range(turns):
        order = random.permutation(len(x))
        for first in range(0, len(order) - BATCH, BATCH):
            some = order[first:first + BATCH]
            h = np.tanh(x[some] @ p[0] + p[1])
            g = (h @ p[2] + p[3] - y[some]) / BATCH
            back = (g @ p[2].T) * (1 - h * h)
            step += 1
            for k, grad in enumerate((x[some].T @ back, back.sum(0), h.T @ g, g.sum(0))):
                mean[k] += 0.1 * (grad - mean[k])
                square[k] += 0.001 * (grad ** 2 - square[k])
                size = mean[k] / (1 - 0.9 ** step) / (np.sqrt(square[k] / (1 - 0.999 ** step)) + 1e-8)
                p[k] -= (0.003 * 0.5 ** (turn / 6) * size).astype("f4")
    return p


def rows(m, p, mu, deviation, left):
    """The table: what scales x and y goes into the weights."""
    a = p[0] / deviation[:, None]
    b = p[1] - (mu / deviation) @ p[0]
    c, d = p[2] * left, p[3] * left + m[-1]
    yield from (("HIDDEN", np.append(a[:, k], b[k])) for k in range(UNITS))
    yield from (("OUTPUT", np.concatenate([m[:-1, k], c[:, k], [d[k]]])) for k in range(BANDS - NARROW))


def write(table, out):
    lines = [f"/* Made by tests/bench/restore_learn.py: weights in 1/{SCALE}, a unit a block, its bias last. */"]
    for name, weights in table:
        line = name + "("
        for n in np.rint(weights * SCALE).astype(int):
            if len(line) > 110:
                lines.append(line.rstrip())
                line = "    "
            line += f"{n}, "
        lines.append(line.rstrip(", ") + ")")
    out.write_text("\n".join(lines) + "\n")


def main():
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("--turns", type=int, default=12, help="of the network through all frames (12)")
    args.add_argument("--out", default=OUT, type=Path)
    args.add_argument("--build", default=ROOT / "build/release", type=Path)
    args = args.parse_args()
    random = np.random.default_rng(0)
    files = list(spectra(args.build / "bin/wer_hear"))
    random.shuffle(held := list(range(len(files))))
    held = set(held[:len(files) // 10])
    x, y = (np.concatenate([part(f) for i, f in enumerate(files) if i not in held])
            for part in (lambda f: seen(f[0]), lambda f: f[1][:, NARROW:]))
    xv, yv = (np.concatenate([part(files[i]) for i in sorted(held)])
              for part in (lambda f: seen(f[0]), lambda f: f[1][:, NARROW:]))
    m = regression(x, y)
    print("off by, regression:", np.sqrt(((xv @ m[:-1] + m[-1] - yv) ** 2).mean(0)).round(2))
    rest = (y - x @ m[:-1] - m[-1]).astype("f4")
    mu, deviation, left = x.mean(0), x.std(0), rest.std(0)
    p = network((x - mu) / deviation, rest / left, args.turns, random)
    guess = xv @ m[:-1] + m[-1] + (np.tanh((xv - mu) / deviation @ p[0] + p[1]) @ p[2] + p[3]) * left
    print("off by, network:   ", np.sqrt(((guess - yv) ** 2).mean(0)).round(2))
    write(rows(m, p, mu, deviation, left), args.out)


if __name__ == "__main__":
    main()
