"""A line of events that one thread fills and a test reads in order, waiting for the next that it wants."""
import threading
import time


class Missing(AssertionError):
    """An event that was waited for did not come."""


class Events:
    def __init__(self, name):
        self.name = name
        self.seen = []
        self._next = 0
        self._ended = False
        self._changed = threading.Condition()

    def add(self, event):
        with self._changed:
            self.seen.append(event)
            self._changed.notify_all()

    def end(self):
        """No more will come: who waits is told at once."""
        with self._changed:
            self._ended = True
            self._changed.notify_all()

    def wait(self, wanted, timeout, what):
        """The next event for which wanted(event) holds; those before it are passed over for good."""
        deadline = time.monotonic() + timeout
        at = self._next
        with self._changed:
            while True:
                while at < len(self.seen):
                    at += 1
                    if wanted(self.seen[at - 1]):
                        self._next = at
                        return self.seen[at - 1]
                left = deadline - time.monotonic()
                if self._ended or left <= 0:
                    raise Missing(f"{self.name}: no {what} within {timeout} s; since the last: {self.seen[self._next:][-20:]}")
                self._changed.wait(left)
