"""clang-format and clang-tidy over the sources. clang-tidy is slow, so a file that passed is not looked at again
until it, a header it uses, its compile command or .clang-tidy changes."""
import hashlib
import itertools
import json
import os
import re
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from finding import Finding

REPORT = re.compile(r"^(?P<path>[^:\s][^:]*):(?P<line>\d+):\d+: (?:error|warning): (?P<text>.*)$")
BATCH = 40


def reports(root, rule, output):
    for line in output.splitlines():
        found = REPORT.match(line)
        if found:
            path = os.path.relpath(os.path.join(root, found["path"]), root)
            yield Finding(path, int(found["line"]), rule, found["text"])


def clang_format(root, files):
    """clang-format would change nothing."""
    sources = [f for f in files if f.endswith((".c", ".h"))]
    for start in range(0, len(sources), BATCH):
        run = subprocess.run(["clang-format-14", "--dry-run", "-Werror", *sources[start:start + BATCH]],
                             capture_output=True, text=True, cwd=root)
        for path, found in itertools.groupby(reports(root, "clang-format", run.stderr), lambda f: f.path):
            lines = [str(f.line) for f in found]
            yield Finding(path, int(lines[0]), "clang-format", f"{len(lines)} lines differ: clang-format-14 -i {path}")


def dependencies(build):
    """object -> the files that ninja knows it was built from."""
    run = subprocess.run(["ninja", "-C", str(build), "-t", "deps"], capture_output=True, text=True)
    found, current = {}, None
    for line in run.stdout.splitlines():
        if line.startswith("    "):
            found[current].append(line.strip())
        elif ":" in line:
            current = line.split(":")[0]
            found[current] = []
    return found


def fingerprint(root, entry, headers):
    """A hash of all that clang-tidy's verdict on this source depends on."""
    digest = hashlib.sha256(entry["command"].encode())
    own = {os.path.join(entry["directory"], h) for h in headers}
    paths = sorted(p for p in own | {entry["file"], str(root / ".clang-tidy")} if str(p).startswith(str(root)))
    for path in paths:
        digest.update(path.encode() + b"\0" + (Path(path).read_bytes() if os.path.isfile(path) else b""))
    return digest.hexdigest()


def tidy_one(root, build, entry, stamp):
    """Runs clang-tidy on one source; leaves the stamp when it is clean."""
    run = subprocess.run(["clang-tidy-14", "-quiet", "-p", str(build), entry["file"]],
                         capture_output=True, text=True, cwd=root)
    found = list(reports(root, "clang-tidy", run.stdout))
    if run.returncode == 0:
        stamp.touch()
    elif not found:
        found = [Finding(os.path.relpath(entry["file"], root), 1, "clang-tidy", run.stderr.strip()[:300] or "failed")]
    return found


def clang_tidy(root, files, build=None):
    """clang-tidy has nothing to say. Needs a configured and built folder."""
    commands = Path(build or "") / "compile_commands.json"
    if build is None or not commands.is_file():
        yield Finding("CMakeLists.txt", 1, "clang-tidy", "no compile_commands.json: build first")
        return
    stamps = Path(build) / "tidy"
    stamps.mkdir(exist_ok=True)
    deps = dependencies(build)
    entries = [e for e in json.loads(commands.read_text()) if os.path.relpath(e["file"], root) in files]
    jobs = []
    for entry in entries:
        stamp = stamps / fingerprint(root, entry, deps.get(entry.get("output", ""), []))
        if not stamp.exists():
            jobs.append((entry, stamp))
    with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        for found in pool.map(lambda job: tidy_one(root, build, *job), jobs):
            yield from found
