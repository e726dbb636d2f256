// What is offered where; `¦` is the cursor.
import assert from "node:assert/strict";
import test from "node:test";
import { Client, cursor, sample } from "./client.js";

const files = { "company.flow": sample("company.flow"), "support.flow": sample("support.flow") };

async function complete(t, marked, options) {
    const client = await Client.start(t, files, options);
    const { text, position } = cursor(marked);
    client.open("a.flow", text);
    return { items: await client.request("textDocument/completion", client.at("a.flow", position)), position };
}

const bridge = "flow a {\n    bridge \"ann\" {\n";
const fn = "fn ring(to: text) -> done | missed { bridge to { else { return missed } } }\n";

// name, text, what is offered, what is not
const rows = [
    ["declarations at the top", "¦", ["use", "flow", "fn", "test", "permit dial", "hours", "language", "pronounce", "extern lua"], ["say", "if"]],
    ["actions in a flow", "flow a {\n    ¦\n}\n", ["say", "bridge", "menu", "if", "continue with"], ["flow", "on busy"]],
    ["actions while a word is typed", "flow a {\n    br¦\n}\n", ["bridge"], ["flow"]],
    ["actions in a clause", `${bridge}        on busy { ¦ }\n    }\n}\n`, ["say", "voicemail"], ["on ended"]],
    ["actions after a semicolon", "flow a { say \"x\"; ¦ }\n", ["hangup"], []],
    ["functions that are statements", `${fn}flow a {\n    ¦\n}\n`, ["ring"], ["open", "number"]],
    ["labels of an action", "flow a {\n    bridge \"ann\", ¦\n}\n", ["ring:", "hunt:", "music:"], ["target:", "outside:", "say"]],
    ["labels that are not given yet", "flow a {\n    bridge \"ann\", ring: 5s, ¦\n}\n", ["hunt:"], ["ring:"]],
    ["labels over lines", "flow a {\n    bridge \"ann\",\n        ring: 5s,\n        m¦\n}\n", ["music:", "max:"], ["ring:"]],
    ["values of a label that is yes or no", "flow a {\n    bridge \"ann\", hunt: ¦\n}\n", ["yes", "no"], ["ring:", "now"]],
    ["causes", "flow a {\n    reject ¦\n}\n", ["busy", "not_found"], ["say"]],
    ["clauses of an action", `${bridge}        ¦\n    }\n}\n`, ["on busy", "on ended", "else"], ["say", "busy"]],
    ["clauses that are missing", `${bridge}        on busy, offline { }\n        ¦\n        on ended { }\n    }\n}\n`,
        ["on declined", "on limited"], ["on busy", "on offline", "on ended"]],
    ["outcomes after on", `${bridge}        on ¦\n    }\n}\n`, ["busy", "ended"], ["on busy", "say"]],
    ["outcomes after a comma", `${bridge}        on busy, ¦\n    }\n}\n`, ["offline"], ["busy"]],
    ["a menu's clauses", "flow a {\n    menu \"x\" {\n        ¦\n    }\n}\n", ["on gave_up", "on invalid"], ["on chosen"]],
    ["clauses of a function", `${fn}flow a {\n    ring("x") {\n        ¦\n    }\n}\n`, ["on missed", "on done"], ["on busy"]],
    ["outcomes to return", "fn f() -> open | shut {\n    return ¦\n}\n", ["open", "shut"], ["say"]],
    ["variables", "flow a {\n    let n = 1\n    let m = ¦\n}\n", ["n", "yes", "now", "call"], ["m"]],
    ["variables of blocks that are open", "flow a {\n    if yes { let x = 1 }\n    let n = ¦\n}\n", [], ["x"]],
    ["values of an outcome", "flow a {\n    gather {\n        on matched(code) { log ¦ }\n    }\n}\n", ["code"], []],
    ["the element of a list", "flow a {\n    for one in [1] { let n = ¦ }\n}\n", ["one"], []],
    ["parameters", "fn f(price: int) -> int {\n    return ¦\n}\n", ["price"], []],
    ["names in a text", "flow a {\n    let n = 1\n    say \"You are {¦\"\n}\n", ["n", "number"], ["say"]],
    ["constants and hours of other files", "use \"company.flow\"\nflow a {\n    if open(¦) { }\n}\n", ["office"], ["say"]],
    ["labels of a function", `${fn}flow a {\n    ring(¦)\n}\n`, ["to:"], ["say"]],
    ["fields of the call", "flow a {\n    log call.¦\n}\n", ["from", "from_name", "dialed"], ["name", "say"]],
    ["fields of the Connection", "flow a {\n    log call.dialed.¦\n}\n", ["name", "ring_time"], ["from"]],
    ["operators after a value", "flow a {\n    if call.from ¦\n}\n", ["matches", "and", "in"], ["say"]],
    ["types of a parameter", "fn f(n: ¦) { }\n", ["int", "text", "list of"], ["say", "yes"]],
    ["types after as", "flow a {\n    let n = \"1\" as ¦\n}\n", ["int"], ["now"]],
    ["flows beside this one", "flow a {\n    continue with ¦\n}\n", ["support"], ["a", "say"]],
    ["with, after continue", "flow a {\n    continue ¦\n}\n", ["with"], ["say"]],
    ["files to use", "use \"¦\n", ["company.flow", "support.flow"], ["a.flow"]],
    ["what may be permitted", "permit ¦\n", ["dial", "fetch"], ["say"]],
    ["days in hours", "hours office {\n    ¦\n}\n", ["mon-fri", "closed", "zone"], ["say"]],
    ["steps of a test", "test \"x\" {\n    ¦\n}\n", ["hear", "press", "expect", "call"], ["say"]],
    ["what a test expects", "test \"x\" {\n    expect ¦\n}\n", ["bridge", "ended", "no"], ["let"]],
    ["outcomes in a test", "test \"x\" {\n    expect bridge \"ann\" { ¦ }\n}\n", ["busy", "no_answer"], ["say"]],
    ["nothing in a text", "flow a {\n    say \"b¦\"\n}\n", [], ["bridge", "say"]],
    ["nothing in a text that is not closed", "flow a {\n    say \"b¦\n}\n", [], ["bridge"]],
    ["nothing in a comment", "flow a {\n    # b¦\n}\n", [], ["bridge"]],
    ["nothing in a number", "flow a {\n    pause 5¦\n}\n", [], ["now"]],
    ["nothing where a name is new", "flow a {\n    let ¦\n}\n", [], ["say", "yes"]],
];
for (const [name, marked, offered, absent] of rows)
    test(`offers ${name}`, async t => {
        const labels = (await complete(t, marked)).items.map(item => item.label);
        for (const one of offered)
            assert.ok(labels.includes(one), `${one} is missing in ${labels}`);
        for (const one of absent)
            assert.ok(!labels.includes(one), `${one} is offered`);
        assert.equal(new Set(labels).size, labels.length, "each once");
    });

test("one snippet holds all outcomes that must be handled", async t => {
    const { items, position } = await complete(t, `${bridge}        on busy { }\n        ¦\n    }\n}\n`);
    const all = items.find(item => item.label.includes("all that must"));
    assert.equal(all.insertTextFormat, 2);
    assert.equal(all.textEdit.newText,
        ["ended", "no_answer", "declined", "offline", "failed", "limited"]
            .map((o, i) => `on ${o} { $${i + 1} }`).join("\n"));
    assert.deepEqual(all.textEdit.range, { start: position, end: position });
});

test("an action comes with its clauses and its manual", async t => {
    const { items } = await complete(t, "flow a {\n    gat¦\n}\n");
    const gather = items.find(item => item.label === "gather");
    assert.equal(gather.textEdit.newText,
        "gather {\n\ton matched { $1 }\n\ton invalid { $2 }\n\ton timeout { $3 }\n}");
    assert.deepEqual(gather.textEdit.range, { start: { line: 1, character: 4 }, end: { line: 1, character: 7 } });
    assert.match(gather.documentation.value, /`timeout` — duration, default 5s/);
    assert.match(gather.documentation.value, /`on matched\(digits\)` \*\*must be handled\*\*/);
});

test("a label has its manual and default", async t => {
    const { items } = await complete(t, "flow a {\n    bridge \"ann\", ¦\n}\n");
    const ring = items.find(item => item.label === "ring:");
    assert.equal(ring.detail, "duration");
    assert.match(ring.documentation.value, /How long to ring\. .+\n\nDefault: `20s`/);
});

test("an editor without snippets gets plain words", async t => {
    const { items } = await complete(t, "flow a {\n    br¦\n}\n", { snippets: false });
    const item = items.find(one => one.label === "bridge");
    assert.equal(item.textEdit.newText, "bridge");
    assert.equal(item.insertTextFormat, undefined);
});

test("each place of the samples is answered", async t => {
    const client = await Client.start(t, files);
    const text = sample("reception.flow");
    client.open("reception.flow", text);
    for (const [line, content] of text.split("\n").entries())
        for (let character = 0; character <= content.length; character += 3)
            assert.ok(Array.isArray(
                await client.request("textDocument/completion", client.at("reception.flow", { line, character }))));
});
