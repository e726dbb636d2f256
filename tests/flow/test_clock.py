"""Hours at times that the clocks of their zone pass over or show twice."""
import json

import pytest

FLOW = 'hours office {{\n    zone "{}"\n    {}\n}}\n\nflow a {{\n    if open(office) {{\n        say "Hello."\n    }}\n}}\n'


@pytest.mark.parametrize("zone, entry, said", [
    ("Europe/Warsaw", "mon-fri 09:00-17:00", None),
    ("Europe/Warsaw", "sun 00:00-24:00", None),
    ("Europe/Warsaw", "2026-03-29 02:15-12:00", "02:15 never comes on 2026-03-29 in Europe/Warsaw"),
    ("Europe/Warsaw", "2026-03-29 01:00-02:59", "02:59 never comes on 2026-03-29 in Europe/Warsaw"),
    ("Europe/Warsaw", "2026-03-29 03:00-04:00", None),
    ("Europe/Warsaw", "2026-10-25 02:10-12:00", "02:10 comes twice on 2026-10-25 in Europe/Warsaw"),
    ("Europe/Warsaw", "2026-10-24 02:10-12:00", None),
    ("Europe/Warsaw", "sat 02:10-12:00", None),
    ("Europe/Warsaw", "sun 02:10-12:00", "02:10 never comes on 2026-03-29 in Europe/Warsaw"),
    ("America/New_York", "sun 01:30-12:00", "01:30 comes twice on 2026-11-01 in America/New_York"),
    ("Europe/Warsaw", "03-29 02:30-12:00", "02:30 never comes on 2026-03-29 in Europe/Warsaw"),
    ("Asia/Tokyo", "sun 02:10-02:50", None),
    ("Europe/Warsaw", "02-29 02:10-02:50", None),
])
def test_hours(flowc, tmp_path, zone, entry, said):
    (tmp_path / "a.flow").write_text(FLOW.format(zone, entry))
    result = flowc("check", "--json", tmp_path / "a.flow")
    assert result.returncode == 0
    assert [(d["severity"], d["message"], d["line"]) for d in json.loads(result.stdout)["diagnostics"]] == ([("warning", said, 3)] if said else [])
