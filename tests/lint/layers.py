"""Who may include whom: the table behind docs/architecture.md, and the check of each #include against it."""
import re
from pathlib import PurePosixPath

from finding import Finding

# folder: the folders whose headers it may include besides its own (a path that ends in .h: that header alone)
MAY_INCLUDE = {
    "vm/base": [],
    "vm/isa": ["vm/base"],
    "vm/run": ["vm/base", "vm/isa"],
    "stdlib/catalog": ["vm/base", "vm/isa/type.h"],
    "compiler": ["vm/base", "vm/isa", "stdlib/catalog"],
    "compiler/author": ["vm/base", "stdlib/catalog", "compiler"],
    "stdlib/lua": ["vm/base", "vm/isa", "vm/run"],
    "stdlib": ["vm/base", "vm/run", "stdlib/catalog", "stdlib/lua"],
    "stdlib/sim": ["vm/base", "vm/run", "vm/isa", "stdlib/catalog", "stdlib", "stdlib/lua"],
    "sipfront/loop": ["vm/base", "vm/run/clock.h"],
    "sipfront/sip": ["vm/base", "sipfront/loop"],
    "sipfront/media": ["vm/base", "sipfront/loop"],
    "sipfront/speech": ["vm/base", "sipfront/loop"],
    "sipfront/transcribe": ["vm/base"],
    "sipfront/directory": ["vm/base", "sipfront/loop"],
    "sipfront/notify": ["vm/base", "sipfront/loop", "sipfront/directory", "sipfront/web"],
    "sipfront/web": ["vm/base", "sipfront/loop"],
    "sipfront/transcribe": ["vm/base", "sipfront/loop", "sipfront/directory"],
    "sipfront/call": ["vm/base", "vm/run", "vm/isa", "stdlib", "stdlib/catalog", "stdlib/lua", "sipfront/loop", "sipfront/sip",
                      "sipfront/media", "sipfront/speech", "sipfront/directory", "sipfront/notify", "sipfront/web", "sipfront/transcribe"],
    "sipfront/console": ["vm/base", "sipfront/loop", "sipfront/directory", "sipfront/notify", "sipfront/transcribe", "sipfront/call"],
}

# The mains see everything. NAME_*.c beside NAME.c are parts of that main.
MAIN = re.compile(r"^(compiler/flowc|sipfront/flowd|sipfront/flowctl|sipfront/flowspeak|sipfront/flowscribe)(_[a-z]+)?\.[ch]$")

# library header: the folders that may use it (mains always may)
LIBRARIES = [
    (r"sofia-sip/su.*\.h", ["sipfront/loop", "sipfront/sip"]),
    (r"sofia-sip/.*", ["sipfront/sip"]),
    (r"lua\.h|lauxlib\.h|lualib\.h|luajit\.h", ["stdlib/lua"]),
    (r"sqlite3\.h", ["sipfront/directory"]),
    (r"flite/.*|flite\.h", ["sipfront/speech"]),
    (r"pocketsphinx\.h|sphinxbase/.*", ["sipfront/transcribe"]),
    (r"speex/speex_resampler\.h", ["sipfront/media", "sipfront/transcribe"]),
    (r"sndfile\.h|speex/.*|spandsp.*|opus/.*|srtp2/.*", ["sipfront/media"]),
    (r"microhttpd\.h", ["sipfront/console"]),
    (r"curl/.*", ["sipfront/web", "sipfront/notify", "sipfront/transcribe"]),
    (r"openssl/.*", ["vm/isa", "sipfront/sip", "sipfront/media", "sipfront/directory", "sipfront/notify", "sipfront/call", "sipfront/speech"]),
    (r"sys/(socket|epoll|un)\.h|netinet/.*|arpa/.*|netdb\.h", ["vm/base", "sipfront"]),
]

INCLUDE = re.compile(r'^\s*#\s*include\s+(["<])([^">]+)[">]')


def folder_of(path):
    """The longest folder of the table that holds this path, or None."""
    for parent in PurePosixPath(path).parents:
        if str(parent) in MAY_INCLUDE:
            return str(parent)
    return None


def own_problem(root, path, wanted):
    if not (root / wanted).is_file():
        return f'"{wanted}" does not exist; includes are written from the root'
    here, there = folder_of(path), folder_of(wanted)
    allowed = MAY_INCLUDE.get(here, [])
    if MAIN.match(path) or here is None or there == here or there in allowed or wanted in allowed:
        return None
    return f'{here} may not include "{wanted}"'


def library_problem(path, wanted):
    if MAIN.match(path) or folder_of(path) is None:
        return None
    for pattern, folders in LIBRARIES:
        if re.fullmatch(pattern, wanted):
            if any(path.startswith(folder + "/") for folder in folders):
                return None
            return f"<{wanted}> belongs to {', '.join(folders)}"
    return None


def includes(root, files):
    """Every #include of the sources keeps to the table."""
    for path in files:
        if not path.endswith((".c", ".h", ".def")):
            continue
        for number, line in enumerate((root / path).read_text(errors="replace").splitlines(), 1):
            found = INCLUDE.match(line)
            if not found:
                continue
            problem = own_problem(root, path, found[2]) if found[1] == '"' else library_problem(path, found[2])
            if problem:
                yield Finding(path, number, "includes", problem)
