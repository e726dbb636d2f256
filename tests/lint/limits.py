"""The house limits on sizes and names, measured with Universal Ctags."""
import json
import re
import subprocess

from finding import Finding

FUNCTION_LINES = 60
FUNCTION_LINES_P95 = 40
PARAMETERS = 5
FILE_LINES = {".c": 500, ".h": 150}
DISPATCH_LOOP = ("vm/run/vm.c", "vm_run")  # the one function that may be longer: file, name
IMPOSED = re.compile(r"\b(nua_event_t|auth_client_t|struct MHD_Connection|su_iovec_t|tag_value_t)\b")  # callbacks whose parameters a library dictates
LIBRARY_PREFIXES = ("su_", "sip_", "sdp_", "msg_", "url_", "nua_", "nta_", "soa_", "tport_")


def functions(root, files):
    """ctags' record of each function defined in the files."""
    sources = [f for f in files if f.endswith((".c", ".h"))]
    run = subprocess.run(["ctags", "--output-format=json", "--kinds-C=f", "--fields=+neS", "--language-force=C", "-L", "-", "-f", "-"],
                         input="\n".join(sources), capture_output=True, text=True, cwd=root, check=True)
    tags = (json.loads(line) for line in run.stdout.splitlines())
    return [tag for tag in tags if "end" in tag]


def length(tag):
    return tag["end"] - tag["line"] + 1


def parameters(tag):
    """How many parameters a signature has; commas inside a function pointer's own list do not count."""
    signature = tag.get("signature", "()").strip()[1:-1]
    if signature.strip() in ("", "void"):
        return 0
    depth, count = 0, 1
    for char in signature:
        depth += {"(": 1, ")": -1}.get(char, 0)
        count += char == "," and depth == 0
    return count


def is_dispatch(tag):
    return tag["path"].startswith(DISPATCH_LOOP[0]) and tag["name"] == DISPATCH_LOOP[1]


def function_length(root, files):
    """No function is longer than 60 lines but the dispatch loop; 95 of 100 are at most 40."""
    tags = functions(root, files)
    for tag in tags:
        if length(tag) > FUNCTION_LINES and not is_dispatch(tag):
            yield Finding(tag["path"], tag["line"], "function-length", f"{tag['name']} has {length(tag)} lines, at most {FUNCTION_LINES}")
    lengths = sorted(map(length, tags))
    if lengths and lengths[min(len(lengths) - 1, int(0.95 * len(lengths)))] > FUNCTION_LINES_P95:
        long = max((t for t in tags if not is_dispatch(t)), key=length)
        yield Finding(long["path"], long["line"], "function-length", f"more than 5 % of the functions exceed {FUNCTION_LINES_P95} lines")


def parameter_count(root, files):
    """At most five parameters; more become a struct, unless a library calls the function."""
    for tag in functions(root, files):
        if parameters(tag) > PARAMETERS and not IMPOSED.search(tag["signature"]):
            yield Finding(tag["path"], tag["line"], "parameters", f"{tag['name']} has {parameters(tag)} parameters, at most {PARAMETERS}")


def file_length(root, files):
    """A source has at most 500 lines, a header 150."""
    for path in files:
        limit = FILE_LINES.get(path[-2:])
        lines = len((root / path).read_text(errors="replace").splitlines()) if limit else 0
        if limit and lines > limit:
            yield Finding(path, limit + 1, "file-length", f"{lines} lines, at most {limit}")


def prefixes(root, files):
    """No function of ours is named as if it were the SIP library's."""
    for tag in functions(root, files):
        if tag["name"].startswith(LIBRARY_PREFIXES):
            yield Finding(tag["path"], tag["line"], "prefixes", f"{tag['name']} takes a prefix of sofia-sip")
