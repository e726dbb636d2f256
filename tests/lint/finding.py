"""What a rule reports: one line, file:line: rule: text."""
from collections import namedtuple

Finding = namedtuple("Finding", "path line rule text")


def show(finding):
    return f"{finding.path}:{finding.line}: {finding.rule}: {finding.text}"
