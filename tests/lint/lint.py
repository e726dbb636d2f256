"""Checks the rules of docs/contributing.md that a program can check. Prints file:line: rule: text, one line a finding.

Usage: lint.py [--root DIR] [--build DIR] [--junit FILE] [-k RULE]
Exit status: 0 clean, 1 findings.
"""
import argparse
import functools
import subprocess
import sys
import time
import xml.etree.ElementTree as tree
from pathlib import Path

import layers
import limits
import project
import tidy
from finding import show

SOURCES = ("compiler/", "vm/", "stdlib/", "sipfront/", "tests/unit/", "tests/fuzz/", "tests/bench/")


def tracked(root):
    """The files of the project: git's view of it, or the folder's where it is no repository."""
    if (root / ".git").exists():
        run = subprocess.run(["git", "ls-files", "--cached", "--others", "--exclude-standard"],
                             capture_output=True, text=True, cwd=root, check=True)
        return [f for f in run.stdout.splitlines() if (root / f).is_file()]
    return sorted(str(p.relative_to(root)) for p in root.rglob("*") if p.is_file())


def rules(build):
    """name -> (check, whether it looks at the C sources only)."""
    table = {
        "includes": (layers.includes, True),
        "function-length": (limits.function_length, True),
        "parameters": (limits.parameter_count, True),
        "file-length": (limits.file_length, True),
        "prefixes": (limits.prefixes, True),
        "top-level": (project.top_level, False),
        "commit-subject": (project.commit_subjects, False),
        "generated-docs": (functools.partial(project.generated_docs, bin_dir=f"{build}/bin"), False),
        "clang-format": (tidy.clang_format, True),
        "clang-tidy": (functools.partial(tidy.clang_tidy, build=build), True),
    }
    return table


def run_rules(root, build, wanted):
    """Runs the rules; returns (rule, findings, seconds) for each."""
    files = tracked(root)
    sources = [f for f in files if f.startswith(SOURCES)]
    done = []
    for name, (check, c_only) in rules(build).items():
        if wanted and wanted not in name:
            continue
        start = time.monotonic()
        found = list(dict.fromkeys(check(root, sources if c_only else files)))
        done.append((name, found, time.monotonic() - start))
        print(f"lint {name}: {'ok' if not found else f'{len(found)} findings'}")
        for finding in found:
            print(show(finding))
    return done


def write_junit(path, done):
    suite = tree.Element("testsuite", name="lint", tests=str(len(done)))
    for name, found, seconds in done:
        case = tree.SubElement(suite, "testcase", classname="lint", name=name, time=f"{seconds:.3f}")
        if found:
            tree.SubElement(case, "failure", message=f"{len(found)} findings").text = "\n".join(map(show, found))
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    tree.ElementTree(suite).write(path)


def main():
    parser = argparse.ArgumentParser(description="checks the project's own rules")
    parser.add_argument("--root", type=Path, default=Path(__file__).resolve().parents[2])
    parser.add_argument("--build", type=Path, help="a built folder with compile_commands.json, for clang-tidy")
    parser.add_argument("--junit", help="where to write the results as JUnit XML")
    parser.add_argument("-k", dest="rule", help="only rules whose name holds this")
    options = parser.parse_args()
    done = run_rules(options.root.resolve(), options.build and options.build.resolve(), options.rule)
    if options.junit:
        write_junit(options.junit, done)
    return 1 if any(found for _, found, _ in done) else 0


if __name__ == "__main__":
    sys.exit(main())
