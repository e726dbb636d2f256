"""Runs the fuzz targets for a while, all of them together in the time given. Exit status 1 when one broke something.

Each target grows a corpus of its own in the build folder, from tests/fuzz/corpus and the flows of the project. What
breaks something is kept beside it; once mended it belongs into tests/fuzz/found/TARGET.
"""
import argparse
import os
import re
import subprocess
import sys
import time
import xml.etree.ElementTree as tree
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FLOWS = [ROOT / "flows", ROOT / "tests/flow/broken", ROOT / "tests/flow/syntax", ROOT / "tests/fuzz/corpus/source"]

# target: longest input, whether it knows the language's words, further seeds
TARGETS = {
    "source": (4096, True, FLOWS),
    "fmt": (4096, True, FLOWS),
    "image": (4096, False, []),
    "vm": (8192, False, []),
    "differential": (600, False, []),
    "json": (1024, False, []),
    "sdp": (2048, False, []),
    "raw": (2048, False, []),
    "rtp": (1024, False, []),
    "digest": (2048, False, []),
}


def command(build, name, seconds, seed):
    longest, words, seeds = TARGETS[name]
    work = build / "fuzz" / name
    found = build / "fuzz" / f"{name}-found"
    for folder in (work, found):
        folder.mkdir(parents=True, exist_ok=True)
    kept = [ROOT / "tests/fuzz/corpus" / name, ROOT / "tests/fuzz/found" / name]
    folders = [work] + [folder for folder in kept + seeds if folder.is_dir()]
    options = [f"-max_total_time={seconds}", f"-seed={seed}", f"-max_len={longest}", "-timeout=60", "-rss_limit_mb=1500",
               f"-artifact_prefix={found}/", "-print_final_stats=1", "-use_value_profile=1"]
    if words:
        options.append(f"-dict={build / 'flow.dict'}")
    return [str(build / "bin" / f"fuzz_{name}"), *options, *map(str, folders)], work


def fuzz(build, name, seconds, seed):
    """One target for so many seconds: its status and the end of what it said."""
    argv, work = command(build, name, seconds, seed)
    env = dict(os.environ, ASAN_OPTIONS="detect_leaks=1:abort_on_error=1", UBSAN_OPTIONS="print_stacktrace=1")
    began = time.monotonic()
    log = work.parent / f"{name}.log"
    with log.open("wb") as out:
        done = subprocess.run(argv, stdout=out, stderr=subprocess.STDOUT, env=env, cwd=work, check=False)
    text = log.read_text(errors="replace")
    runs = re.search(r"stat::number_of_executed_units:\s+(\d+)", text)
    covered = re.findall(r"cov: (\d+)", text)
    print(f"{name}: {runs.group(1) if runs else '?'} inputs in {time.monotonic() - began:.0f} s, "
          f"{covered[-1] if covered else '?'} edges{'' if done.returncode == 0 else ', BROKEN: see ' + str(log)}",
          flush=True)
    return done.returncode, text[-4000:]


def write_junit(path, results):
    suite = tree.Element("testsuite", name="fuzz", tests=str(len(results)))
    for name, (status, said) in results.items():
        case = tree.SubElement(suite, "testcase", classname="fuzz", name=name)
        if status:
            tree.SubElement(case, "failure").text = "".join(c for c in said if c.isprintable() or c in "\n\t")
    tree.ElementTree(suite).write(path, encoding="unicode")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", type=Path, default=ROOT / "build/fuzz", help="build folder of the preset 'fuzz'")
    parser.add_argument("--seconds", type=int, default=60, help="for all targets together (60)")
    parser.add_argument("--jobs", type=int, default=2, help="how many run at once (2)")
    parser.add_argument("--seed", type=int, default=1, help="another one goes other ways; 0 takes one by chance (1)")
    parser.add_argument("--junit", type=Path, help="write the results there")
    parser.add_argument("-k", metavar="PATTERN", default="", help="only targets whose name this matches")
    args = parser.parse_args()
    build = args.build.resolve()
    names = [n for n in TARGETS if re.search(args.k, n)]
    each = max(1, args.seconds * args.jobs // max(1, len(names)))
    with ThreadPoolExecutor(args.jobs) as pool:
        ran = pool.map(lambda name: fuzz(build, name, each, args.seed), names)
        results = dict(zip(names, ran))
    if args.junit:
        write_junit(args.junit, results)
    return 1 if any(status for status, _ in results.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
