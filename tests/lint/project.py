"""Rules on the project as a whole: its top level, its history, its generated documents."""
import re
import shutil
import subprocess

from finding import Finding

TOP_LEVEL = {
    "compiler", "vm", "stdlib", "sipfront", "flows", "tests", "docs",
    "README.md", "CHANGELOG.md", "LICENSE", "CMakeLists.txt", "CMakePresets.json", "packages.txt", "run", "test",
    ".ci", ".clang-format", ".clang-tidy", ".gitignore",
}
SUBJECT = re.compile(r"^[a-z][a-z0-9_.,/ -]*: \S")
SUBJECT_LENGTH = 60

# document: the command that prints it, run from the root; {bin} is where the commands were built
GENERATED = {
    "docs/actions.md": ["{bin}/gen_actions_md"],
    "docs/opcodes.md": ["{bin}/gen_opcodes_md"],
}


def git(root, *arguments):
    return subprocess.run(["git", *arguments], capture_output=True, text=True, cwd=root, check=True).stdout.splitlines()


def top_level(root, files):
    """The top level holds what it is meant to hold and nothing else."""
    for name in sorted({f.split("/")[0] for f in files} - TOP_LEVEL):
        yield Finding(name, 1, "top-level", "not among the names of the top level")


def commit_subjects(root, files):
    """Each commit says 'area: what' in at most 60 characters."""
    for line in git(root, "log", "--no-merges", "--format=%h %s"):
        commit, subject = line.split(" ", 1)
        if len(subject) > SUBJECT_LENGTH:
            yield Finding(commit, 1, "commit-subject", f"{len(subject)} characters, at most {SUBJECT_LENGTH}: {subject}")
        elif not SUBJECT.match(subject):
            yield Finding(commit, 1, "commit-subject", f"not of the form 'area: what': {subject}")


def generated_docs(root, files, bin_dir=None):
    """Each generated document equals what its generator prints today."""
    for path, command in GENERATED.items():
        arguments = [part.format(bin=bin_dir) for part in command]
        if not shutil.which(arguments[0]):
            yield Finding(path, 1, "generated-docs", f"{arguments[0]} is not built")
            continue
        run = subprocess.run(arguments, capture_output=True, text=True, cwd=root)
        stored = (root / path).read_text() if (root / path).is_file() else None
        if run.returncode or stored != run.stdout:
            yield Finding(path, 1, "generated-docs", f"stale: run {' '.join(arguments)} > {path}")
