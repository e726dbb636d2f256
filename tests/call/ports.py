"""Free ports on loopback. A port is only free until somebody takes it: take it soon."""
import random
import socket


def free_port(kind=socket.SOCK_DGRAM, spread=1):
    """A port that is free now, with the `spread` - 1 ports after it, for UDP and TCP alike."""
    for _ in range(100):
        with socket.socket(socket.AF_INET, kind) as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        if port + spread < 65536 and all(_is_free(port + n) for n in range(spread)):
            return port
    raise RuntimeError("no free port on loopback")


def free_span(size):
    """The first of `size` ports in a row that are free for UDP, below those that the system hands out by itself."""
    for _ in range(100):
        first = random.randrange(16000, 32000 - size, 4)
        if all(_is_free(first + n, [socket.SOCK_DGRAM]) for n in range(size)):
            return first
    raise RuntimeError(f"no {size} free ports on loopback")


def _is_free(port, kinds=(socket.SOCK_DGRAM, socket.SOCK_STREAM)):
    for kind in kinds:
        with socket.socket(socket.AF_INET, kind) as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                return False
    return True
