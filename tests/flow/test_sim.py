"""`flowc sim`: a call by a script on standard input."""
import os
import pty
import re
import select
import subprocess

import pytest

from conftest import ROOT, binaries


@pytest.fixture
def sim():
    def run(script, *args):
        return subprocess.run([binaries() / "flowc", "sim", *map(str, args)], input=script, cwd=ROOT, capture_output=True, text=True,
                              timeout=20, check=False)

    return run


def story(result):
    return [re.sub(r"^ *[\d.]+s  ", "", line) for line in result.stdout.splitlines() if re.match(r" *[\d.]+s  ", line)]


def test_keys_outcomes_and_a_message(sim):
    result = sim("3\n\n1\nno_answer\nleft Please call me.\n", "--at", "2026-11-23 10:00", "flows/reception.flow")
    assert result.returncode == 0, result.stderr
    lines = story(result)
    assert '"We are at one Main Street."' in lines and '"I did not hear you."' in lines
    assert lines[-4:] == ['"This is the mailbox of sales. Please leave a message after the tone."', "[voicemail: left]", '"Goodbye."',
                          "the flow ended the call"]


@pytest.mark.parametrize("at, says", [("2026-11-23 10:00", "For sales, press 1"), ("2026-11-22 10:00", "We are closed")])
def test_the_moment_of_the_call(sim, at, says):
    assert says in sim("", "--at", at, "flows/reception.flow").stdout


@pytest.mark.parametrize("at", ["tomorrow", "2026-03-29 02:30", "2026-13-01 10:00"])
def test_a_moment_that_never_comes(sim, at):
    result = sim("", "--at", at, "flows/reception.flow")
    assert result.returncode == 2 and at in result.stderr


def test_the_end_of_input_is_a_hangup(sim):
    result = sim("", "flows/hunt.flow")
    assert result.returncode == 0
    assert "[log: left at person 1]" in story(result)
    assert story(result)[-1] == "the caller hung up, and the flow was over"


def test_a_web_service_answers(sim):
    script = '0000\nstatus 403\n1234\nok {"name": "Eva", "engineer": {"phone": "+48600700800"}} after 1s\nended after 5m\n'
    result = sim(script, "flows/support.flow")
    assert '"Hello Eva. I will connect you with your engineer."' in story(result)
    assert 'bridge "+48600700800"' in result.stdout
    assert "305.3s" in result.stdout.splitlines()[-1]


def test_a_conference(sim):
    lines = story(sim("100\nended after 90m\n", "flows/conference.flow"))
    assert lines[-3:] == ["[conference: ended]", '"The conference is over."', "the flow ended the call"]
    lines = story(sim("100\ndenied\n", "flows/conference.flow"))
    assert lines[-3:] == ["[conference: denied]", '"Goodbye."', "the flow ended the call"]
    assert "the caller hung up" in sim("100\nh after 5m\n", "flows/conference.flow").stdout


def test_what_is_no_outcome_is_asked_again(sim):
    result = sim("perhaps\nbusy\n", "flows/default.flow", "--to", "ann")
    assert "That is none of the outcomes." in result.stdout
    assert story(result)[-1] == "the flow rejected the call with 486 Busy Here"


def test_waiting_and_hanging_up(sim):
    result = sim("+2s\nwhat\nh\n", "flows/welcome.flow")
    assert "Enter  wait until the flow goes on" in result.stdout, "what is no key shows the help"
    assert re.search(r" 2\.0s  you hang up", result.stdout)


def test_a_fault_is_1(sim, tmp_path):
    path = tmp_path / "a.flow"
    path.write_text("flow f { var n = 1; var z = 0; pause 1s; n = n / z; log \"{n}\" }\n")
    result = sim("", path)
    assert result.returncode == 1 and "the flow failed" in result.stdout


@pytest.mark.parametrize("args, status", [([], 2), (["none.flow"], 2), (["flows/company.flow"], 1), (["flows/broken/unhandled.flow"], 1)])
def test_wrong_use(sim, args, status):
    if args and "broken" in args[0]:
        args = [ROOT / "tests/flow/broken/unhandled.flow"]
    result = sim("", *args)
    assert result.returncode == status and result.stderr


def test_at_a_terminal(tmp_path):
    """The line typed is echoed by the terminal alone, and the help comes first."""
    ours, theirs = pty.openpty()
    child = subprocess.Popen([binaries() / "flowc", "sim", "flows/welcome.flow"], cwd=ROOT, stdin=theirs, stdout=theirs, stderr=theirs,
                             env={**os.environ, "NO_COLOR": "1"})
    os.close(theirs)
    seen = b""
    typed = False
    while select.select([ours], [], [], 10)[0]:
        try:
            seen += os.read(ours, 4096)
        except OSError:
            break
        if b"keys> " in seen and not typed:
            os.write(ours, b"h\n")
            typed = True
    assert child.wait(timeout=10) == 0
    os.close(ours)
    text = seen.decode()
    assert text.index("hang up") < text.index("Welcome")
    assert text.count("keys> h") == 1
    assert "you hang up" in text
