"""A build without LuaJIT: all is there but functions in Lua, and those are refused with the reason."""
import os
import subprocess

import pytest

from conftest import ROOT

FLOW = """extern lua "pricing.lua" {
    fn quote(item: text) -> int
}

flow shop {
    say "{quote("tea")} euro."
}

test "priced" {
    hear "4 euro"
    expect ended
}
"""


@pytest.fixture(scope="module")
def plain(tmp_path_factory):
    """flowc of a build with -DLUA=OFF; its objects are those of the release build where ccache is there."""
    build = ROOT / "build/without-lua"
    configure = ["cmake", "-S", ROOT, "-B", build, "-G", "Ninja", "-DCMAKE_BUILD_TYPE=Release", "-DCMAKE_C_FLAGS_RELEASE=-O2 -g", "-DLUA=OFF"]
    for argv in (configure, ["ninja", "-C", build, "flowc"]):
        made = subprocess.run(list(map(str, argv)), capture_output=True, text=True, timeout=900, check=False)
        assert made.returncode == 0, made.stdout + made.stderr
    return build / "bin/flowc"


def run(flowc, *args):
    return subprocess.run([flowc, *map(str, args)], capture_output=True, text=True, timeout=20, check=False)


def test_other_flows_run(plain):
    for name in ("reception", "support", "hunt"):
        result = run(plain, "test", ROOT / f"flows/{name}.flow")
        assert result.returncode == 0, result.stdout + result.stderr
    symbols = subprocess.run(["nm", "-C", plain], capture_output=True, text=True, timeout=60, check=True).stdout
    assert "luaL_newstate" not in symbols


def test_a_flow_with_lua_is_checked_and_refused(plain, tmp_path):
    flow = tmp_path / "shop.flow"
    flow.write_text(FLOW)
    (tmp_path / "pricing.lua").write_text("function quote(item) return 4 end\n")
    assert run(plain, "check", flow).returncode == 0
    assert run(plain, "build", flow, "-o", tmp_path / "shop.flowc").returncode == 0, "the image can go to a server that has it"
    result = run(plain, "test", flow)
    assert result.returncode != 0
    assert "without LuaJIT" in result.stdout + result.stderr
