"""A phone of liblinphone that answers when, and only when, the library says that the caller asked it to; run as a program of its own:
    obedient.py FOLDER SERVER USER PASSWORD WAV
Prints `registered`, then `incoming` or `asked` for each call."""
import ctypes
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

from events import Events
from linphone import ACCOUNT, CONFIG
from ports import free_port

REGISTERED, INCOMING = 2, 1  # LinphoneRegistrationOk, LinphoneCallStateIncomingReceived


class Obedient:
    """Use as a context manager: it is registered then."""

    def __init__(self, folder, server, user, password, says):
        self.arguments, self.lines = [folder, server, user, password, says], Events(f"{user}'s liblinphone")

    def __enter__(self):
        folder = Path(self.arguments[0])
        (folder / ".local/share/linphone").mkdir(parents=True)
        self._process = subprocess.Popen(["/usr/bin/python3", __file__, *map(str, self.arguments)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
                                         env={**os.environ, "HOME": str(folder), "XDG_DATA_HOME": str(folder / ".local/share"), "PYTHONUNBUFFERED": "1"})
        threading.Thread(target=self._read, daemon=True).start()
        self.wait("registered", 20)
        return self

    def __exit__(self, *_):
        self._process.kill()
        self._process.wait(10)

    def _read(self):
        for line in self._process.stdout:
            self.lines.add(line.rstrip("\n"))
        self.lines.end()

    def wait(self, text, timeout=15):
        return self.lines.wait(lambda line: line == text, timeout, text)


def library():
    lib = ctypes.CDLL("liblinphone.so.10")
    pointer = ctypes.c_void_p
    for name, result, *arguments in (("factory_get", pointer), ("factory_create_core_3", pointer, pointer, ctypes.c_char_p, ctypes.c_char_p, pointer),
                                     ("core_start", ctypes.c_int, pointer), ("core_iterate", None, pointer), ("core_set_use_files", None, pointer, ctypes.c_int),
                                     ("core_set_play_file", None, pointer, ctypes.c_char_p), ("core_get_default_account", pointer, pointer),
                                     ("account_get_state", ctypes.c_int, pointer), ("core_get_current_call", pointer, pointer), ("call_get_state", ctypes.c_int, pointer),
                                     ("call_asked_to_autoanswer", ctypes.c_int, pointer), ("call_accept", ctypes.c_int, pointer)):
        function = getattr(lib, f"linphone_{name}")
        function.restype, function.argtypes = result, arguments
    return lib


def run(folder, server, user, password, says):
    rc = Path(folder) / "rc"
    rc.write_text(CONFIG.format(port=free_port(), media=free_port(spread=2)) + ACCOUNT.format(user=user, password=password, server=server, proxy=server))
    lib = library()
    core = lib.linphone_factory_create_core_3(lib.linphone_factory_get(), str(rc).encode(), None, None)
    lib.linphone_core_set_use_files(core, 1)
    lib.linphone_core_set_play_file(core, says.encode())
    lib.linphone_core_start(core)
    registered = ringing = False
    while True:
        lib.linphone_core_iterate(core)
        account = lib.linphone_core_get_default_account(core)
        if not registered and account and lib.linphone_account_get_state(account) == REGISTERED:
            registered = True
            print("registered")
        call = lib.linphone_core_get_current_call(core)
        if call and not ringing and lib.linphone_call_get_state(call) == INCOMING:
            asked = lib.linphone_call_asked_to_autoanswer(call)
            print("asked" if asked else "incoming")
            if asked:
                lib.linphone_call_accept(call)
        ringing = bool(call)
        time.sleep(0.02)  # the library's own clock


if __name__ == "__main__":
    run(*sys.argv[1:])
