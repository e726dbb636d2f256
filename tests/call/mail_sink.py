"""A mail server for a test: takes mails by SMTP and keeps them, or refuses them."""
import email
import email.policy
import ssl

from aiosmtpd.controller import Controller

from events import Events
from ports import free_port


class MailSink:
    """Use as a context manager. answer: what it says to a mail; anything but 250 refuses it."""

    def __init__(self, port=None, answer="250 taken", certificate=None):
        self.answer = answer
        self.mails = Events("the mail server")
        self.tries = Events("tries at the mail server")
        tls = {}
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*certificate)
            tls = {"tls_context": context, "require_starttls": True}
        self._controller = Controller(self, hostname="127.0.0.1", port=port or free_port(), **tls)

    @property
    def port(self):
        return self._controller.port

    def options(self):
        """Those of a flowd that sends to it."""
        return ["--smtp", f"smtp://127.0.0.1:{self.port}?tls=none", "--mail-from", "callflow@example.com"]

    async def handle_DATA(self, _server, _session, envelope):  # noqa: N802 - aiosmtpd's name
        self.tries.add(envelope.rcpt_tos)
        if self.answer.startswith("250"):
            mail = email.message_from_bytes(envelope.content, policy=email.policy.default)
            self.mails.add((envelope.rcpt_tos, mail))
        return self.answer

    def __enter__(self):
        self._controller.start()
        return self

    def __exit__(self, *_):
        self._controller.stop()

    def wait_mail(self, timeout=20):
        """(recipients, the mail)"""
        return self.mails.wait(lambda mail: True, timeout, "mail")
