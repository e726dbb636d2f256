"""A web service for a test: what it was asked, and answers by path, over HTTP or, with a certificate, HTTPS."""
import json
import select
import ssl
import subprocess
import threading
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from events import Events


@dataclass
class Asked:
    method: str
    path: str
    headers: dict
    body: bytes


class WebService:
    """Use as a context manager. answers: path -> (status, headers, body) or a function of Asked that gives one; a body
    that is no bytes is sent as JSON. A path that is missing is 404; HANGS never ends, None hangs up."""

    HANGS = object()

    def __init__(self, answers=None, certificate=None):
        self.answers = answers or {}
        self.asked = Events("the web service")
        self.left = Events("who hangs up on the web service")  # paths whose asker did not wait for the answer
        self.released = threading.Event()  # set at the end: what hangs is let go
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self.port = self._server.server_port
        self.scheme = "http"
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*certificate)
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
            self.scheme = "https"

    def url(self, path="", host="127.0.0.1"):
        return f"{self.scheme}://{host}:{self.port}{path}"

    def __enter__(self):
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_):
        self.released.set()
        self._server.shutdown()
        self._server.server_close()

    def paths(self):
        return [asked.path for asked in self.asked.seen]

    def _answer(self, asked):
        found = self.answers.get(asked.path.split("?")[0], (404, {}, {"error": "no such path"}))
        return found(asked) if callable(found) else found

    def _handler(service):  # noqa: N805 - the handler's own self comes below
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def handle_any(self):
                length = int(self.headers.get("Content-Length") or 0)
                asked = Asked(self.command, self.path, dict(self.headers), self.rfile.read(length))
                service.asked.add(asked)
                answer = service._answer(asked)
                if answer is WebService.HANGS:
                    self.close_connection = True
                    self._hang()
                    return
                if answer is None:
                    self.close_connection = True
                    return
                status, headers, body = answer
                if not isinstance(body, bytes):
                    headers, body = {"Content-Type": "application/json", **headers}, json.dumps(body).encode()
                self.send_response(status)
                for name, value in {**headers, "Content-Length": str(len(body))}.items():
                    self.send_header(name, value)
                self.end_headers()
                try:
                    self.wfile.write(body)
                except OSError:
                    self.close_connection = True

            def _hang(self):
                while not service.released.is_set():
                    if select.select([self.connection], [], [], 0.1)[0] and not self.connection.recv(1):
                        service.left.add(self.path)
                        return

            do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = handle_any

            def log_message(self, *_):
                pass
        return Handler


def openssl(*words, folder):
    subprocess.run(["openssl", *map(str, words)], check=True, capture_output=True, cwd=folder)


def make_authority(folder, name="ca"):
    """A certificate authority of the test's own: the path of its certificate."""
    openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", 2, "-subj",
            f"/CN=Test {name}", "-keyout", f"{name}.key", "-out", f"{name}.pem", "-addext", "basicConstraints=critical,CA:TRUE",
            folder=folder)
    return folder / f"{name}.pem"


def make_certificate(folder, host, authority="ca"):
    """(certificate, key) of a host, signed by make_authority()'s."""
    name = f"{host}-{authority}"
    openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj", f"/CN={host}", "-keyout",
            f"{name}.key", "-out", f"{name}.csr", folder=folder)
    (folder / f"{name}.ext").write_text(f"subjectAltName=DNS:{host}\n")
    openssl("x509", "-req", "-in", f"{name}.csr", "-CA", f"{authority}.pem", "-CAkey", f"{authority}.key", "-CAcreateserial",
            "-days", 2, "-extfile", f"{name}.ext", "-out", f"{name}.pem", folder=folder)
    return folder / f"{name}.pem", folder / f"{name}.key"
