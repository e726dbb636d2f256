"""Adds up the JUnit files of a folder. Usage: sum_results.py DIR. Prints the one line that ./test ends with."""
import sys
import xml.etree.ElementTree as tree
from pathlib import Path


def outcome(case):
    """The outcome of one test case: CTest says it in an attribute, pytest by a child element."""
    if case.find("failure") is not None or case.find("error") is not None or case.get("status") == "fail":
        return "failed"
    if case.find("skipped") is not None or case.get("status") in ("notrun", "disabled"):
        return "skipped"
    return "passed"


def add_up(folder):
    counts = {"passed": 0, "failed": 0, "skipped": 0}
    failed = []
    for path in sorted(Path(folder).glob("*.xml")):
        for case in tree.parse(path).iter("testcase"):
            how = outcome(case)
            counts[how] += 1
            if how == "failed":
                failed.append(f"{path.stem}: {case.get('classname', '')} {case.get('name', '')}")
    return counts, failed


def main():
    counts, failed = add_up(sys.argv[1])
    for name in failed:
        print("FAILED", name)
    skipped = f", {counts['skipped']} skipped" if counts["skipped"] else ""
    print(f"{counts['passed']} passed, {counts['failed']} failed{skipped}")
    return 1 if counts["failed"] or not counts["passed"] else 0


sys.exit(main())
