"""Fixtures of the call tests: phones that are stopped and a server that is checked when a test ends."""
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from phone import Phone  # noqa: E402


@pytest.fixture
def new_phone(tmp_path):
    """new_phone(user, …) starts a phone; all are stopped at the end."""
    phones = []

    def start(user, **options):
        phone = Phone(tmp_path / f"phone-{len(phones)}-{user}", user, **options)
        phones.append(phone)
        return phone.start()

    yield start
    for phone in phones:
        phone.stop()
