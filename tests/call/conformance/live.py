"""A scenario in a real call: a phone calls the server, a scripted device is the far end, the server's log is the trace."""
import json
import re
import time

import audio
from conformance.script import Cue
from server import CDR, build_flow, fields
from web_service import WebService

LINE = re.compile(r"(?:DEBUG trace|INFO flow): call=(?P<call>\w+) (?P<text>.*)$")
BEGAN = re.compile(r"DEBUG trace: call=\w+ line \d+: (\w+) \.\.\.$")
REFUSALS = {"busy": (486, "Busy Here"), "declined": (603, "Decline"), "failed": (500, "Server Internal Error")}


class Live:
    """The caller `ann` calls the virtual Connection `line`; `bob` is the device, `carol` has none."""

    def __init__(self, server, ctl, caller, device, folder):
        self.server, self.ctl, self.caller, self.device, self.folder = server, ctl, caller, device, folder
        self.web = WebService({"/": self._serve})
        self._established = False
        self._answers = []

    def __enter__(self):
        self.web.__enter__()
        return self

    def __exit__(self, *_):
        self.web.__exit__()

    def _wait_established(self):
        if not self._established:
            self.caller.wait("CALL_ESTABLISHED")
            self._established = True

    # ---- the far end ----

    def _ring(self):
        invite = self.device.wait("INVITE")
        self.device.reply(invite, 180, "Ringing")
        return invite

    def _be_cancelled(self, invite):
        self.device.reply(self.device.wait("CANCEL"), 200, "OK")
        self.device.reply(invite, 487, "Request Terminated")
        self.device.wait("ACK")

    def _talk(self, step):
        invite = self._ring()
        self.device.reply(invite, 200, "OK", self.device.sdp())
        self.device.wait("ACK")
        self._wait_established()
        if step.by == "limit":
            self.device.reply(self.device.wait("BYE"), 200, "OK")
            return
        time.sleep(step.after)  # the talk itself
        if step.by == "caller":
            self.caller.hang_up()
            self.device.reply(self.device.wait("BYE"), 200, "OK")
        else:
            self.device.bye(invite)

    def _bridge(self, step):
        if step.hangs_up:
            invite = self._ring()
            time.sleep(step.after)  # it rings so long
            self.caller.hang_up()
            self._be_cancelled(invite)
        elif step.outcome == "ended":
            self._talk(step)
        elif step.outcome == "no_answer":
            self._be_cancelled(self._ring())
        elif step.outcome in REFUSALS:
            self.device.reply(self.device.wait("INVITE"), *REFUSALS[step.outcome])
            self.device.wait("ACK")
        else:
            assert step.outcome in ("offline", "failed unreachable"), step  # carol, or who is not there, needs nothing done

    def _queue(self, step):
        if step.outcome == "served":
            self._talk(step)
        elif step.outcome == "no_agents":
            return  # carol needs nothing done
        else:
            invite = self._ring()
            self._wait_established()
            time.sleep(step.after)  # the caller waits so long
            if step.outcome == "left":
                self.caller.press("#")
            elif step.hangs_up:
                self.caller.hang_up()
            else:
                assert step.outcome == "timeout", step
            self._be_cancelled(invite)

    # ---- the web service ----

    def _serve(self, asked):
        """The step has said before the call how this request ends."""
        word, _, rest = self._answers.pop(0).partition(" ")
        if word == "timeout":
            return WebService.HANGS
        if word == "failed":
            return None  # it hangs up
        code, _, body = rest.partition(" ") if word == "status" else ("200", "", rest)
        return int(code), {}, json.loads(body) if body else b""

    # ---- the caller ----

    def _speak(self, step):
        """Into a recording, from its tone on; silence after it, or a hangup, ends that."""
        self._wait_established()
        self.caller.wait_heard(audio.tone(1000, 0.25))
        if step.after:
            before = len(self.caller.spoke()) / audio.RATE
            self.caller.speak(audio.sentence(self.folder, "vm-goodbye", lead=0.1))
            self.caller.wait_spoken(before + step.after)
        if step.hangs_up:
            self.caller.hang_up()

    def _do(self, step):
        if step.action == "bridge":
            self._bridge(step)
        elif step.action == "queue":
            self._queue(step)
        elif step.action in ("fetch", "recall"):
            pass  # _serve() does the one, the directory the other
        elif step.action in ("voicemail", "record"):
            self._speak(step)
        else:
            self._wait_established()
            time.sleep(step.after)  # the caller listens so long
            for key in step.keys:
                self.caller.press(key)
            if step.hangs_up:
                self.caller.hang_up()

    # ---- the call ----

    def _deploy(self, scenario):
        self._answers = [step.outcome for step in scenario.steps if step.action == "fetch"]
        if scenario.then:
            self.ctl.run("deploy", build_flow(scenario.then, self.folder), "--name", "other")
        self.ctl.attach_flow("line", build_flow(self._placed(scenario.flow), self.folder))

    def _placed(self, source):
        return source.replace(":65535/", f":{self.web.port}/")

    def _follow(self, cue):
        """Does each step at its time, until the call is over; returns its CDR."""
        while True:
            line = self.server.log.wait(lambda seen: BEGAN.search(seen) or CDR.search(seen), 20, "next action")
            if CDR.search(line):
                return fields(line)
            action = BEGAN.search(line)[1]
            step = cue.take(action)
            while step:
                self._do(step)
                step = cue.take(action, also=True)

    def call(self, scenario):
        """(trace, end) of the scenario."""
        cue = Cue(scenario.steps)
        self._deploy(scenario)
        for old in self.caller.folder.glob("dump-*"):
            old.unlink()
        self._established = False
        self.caller.speak(audio.sentence(self.folder, "silence/1"))
        self.caller.dial("line")
        cdr = self._follow(cue)
        self.caller.wait("CALL_CLOSED")
        assert not cue.left, f"never came to {cue.left}"
        found = [LINE.search(line) for line in list(self.server.log.seen)]
        return [f["text"] for f in found if f and f["call"] == cdr["call"]], end_of(cdr)


def end_of(cdr):
    """How the call ended, in words that suit a simulated call as well."""
    if cdr["by"] == "caller":
        return "caller"
    return "flow" if cdr["status"] == "200" else f"rejected {cdr['status']}"
