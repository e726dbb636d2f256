// Texts as they are typed, and the diagnostics that follow.
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import path from "node:path";
import test from "node:test";
import { Client, sample } from "./client.js";

const line = (n, from, to) => ({ start: { line: n, character: from }, end: { line: n, character: to } });
const samples = ["company.flow", "default.flow", "hunt.flow", "reception.flow", "support.flow", "welcome.flow"];
const errors = d => d.diagnostics.filter(one => one.severity === 1);

for (const name of samples)
    test(`${name} has no mistakes`, async t => {
        const client = await Client.start(t, Object.fromEntries(samples.map(s => [s, sample(s)])));
        client.open(name, sample(name));
        assert.deepEqual(errors(await client.diagnostics(name, 1)), []);
    });

test("a mistake is there as soon as it is typed, and gone with it", async t => {
    const client = await Client.start(t);
    client.open("a.flow", "flow a {\n    hangup\n}\n");
    assert.deepEqual((await client.diagnostics("a.flow", 1)).diagnostics, []);
    client.change("a.flow", 2, [{ range: line(1, 10, 10), text: "x" }]);
    const [mistake] = (await client.diagnostics("a.flow", 2)).diagnostics;
    assert.match(mistake.message, /unknown action 'hangupx'/);
    assert.match(mistake.message, /help: did you mean 'hangup'\?/);
    assert.deepEqual(mistake.range, line(1, 4, 11));
    assert.equal(mistake.severity, 1);
    client.change("a.flow", 3, [{ range: line(1, 10, 11), text: "" }]);
    assert.deepEqual((await client.diagnostics("a.flow", 3)).diagnostics, []);
});

test("unused names are warnings, shown faded", async t => {
    const client = await Client.start(t);
    client.open("a.flow", "flow a {\n    let n = 1\n    hangup\n}\n");
    const [warning] = (await client.diagnostics("a.flow", 1)).diagnostics;
    assert.equal(warning.severity, 2);
    assert.deepEqual(warning.tags, [1]);
});

test("a second place explains the first", async t => {
    const client = await Client.start(t);
    client.open("a.flow", "const n = 1\nconst n = 2\nflow a { hangup }\n");
    const [mistake] = (await client.diagnostics("a.flow", 1)).diagnostics;
    assert.equal(mistake.relatedInformation[0].location.uri, client.uri("a.flow"));
    assert.deepEqual(mistake.relatedInformation[0].location.range, line(0, 6, 7));
});

// text before the mistake, and its length in UTF-16 units
const widths = [["a", 1], ["ż", 1], ["€", 1], ["😀", 2], ["😀ż€😀", 6], ["\u0301", 1]];
for (const [text, units] of widths)
    test(`the column after ${JSON.stringify(text)} counts ${units}`, async t => {
        const client = await Client.start(t);
        client.open("a.flow", `flow a { say "${text}"; oops }\n`);
        const [mistake] = (await client.diagnostics("a.flow", 1)).diagnostics;
        assert.deepEqual(mistake.range, line(0, 17 + units, 21 + units));
    });

const edits = [
    ["behind a pair", "flow a { say \"😀x\" }\n", [{ range: line(0, 16, 17), text: "yz" }], "flow a { say \"😀yz\" }\n"],
    ["over a pair", "flow a { say \"😀x\" }\n", [{ range: line(0, 14, 16), text: "" }], "flow a { say \"x\" }\n"],
    ["beyond a line's end", "flow a {\nhangup\n}\n", [{ range: line(1, 6, 99), text: " " }], "flow a {\nhangup \n}\n"],
    ["beyond the text's end", "flow a { hangup }", [{ range: line(9, 0, 0), text: "\n" }], "flow a { hangup }\n"],
    ["over lines that end with CR LF", "flow a {\r\n    hangup\r\n}\r\n",
        [{ range: { start: { line: 0, character: 8 }, end: { line: 2, character: 0 } }, text: "\nhangup\n" }],
        "flow a {\nhangup\n}\r\n"],
    ["one after the other", "flow a { }\n",
        [{ range: line(0, 9, 9), text: "hang" }, { range: line(0, 13, 13), text: "up " }], "flow a { hangup }\n"],
    ["the whole text", "nonsense", [{ text: "flow b { hangup }\n" }], "flow b { hangup }\n"],
];
for (const [name, before, changes, after] of edits)
    test(`an edit ${name}`, async t => {
        const client = await Client.start(t);
        client.open("a.flow", before);
        client.change("a.flow", 2, changes);
        client.open("b.flow", after);
        // Both texts have the same outline and mistakes, and the layout of one is that of the other.
        for (const method of ["textDocument/documentSymbol", "textDocument/formatting"]) {
            const ask = name => client.request(method, { textDocument: { uri: client.uri(name) }, options: {} });
            assert.deepEqual(await ask("a.flow"), await ask("b.flow"));
        }
        const [a, b] = [await client.diagnostics("a.flow", 2), await client.diagnostics("b.flow", 1)];
        assert.deepEqual(a.diagnostics, b.diagnostics);
    });

test("what is typed in one file is seen from those that use it", async t => {
    const client = await Client.start(t, { "lib.flow": "fn greet() { say \"Hello.\" }\n" });
    client.open("main.flow", "use \"lib.flow\"\nflow main {\n    greet()\n    hangup\n}\n");
    assert.deepEqual((await client.diagnostics("main.flow", 1)).diagnostics, []);
    const told = client.diagnostics("main.flow");
    client.open("lib.flow", "fn welcome() { say \"Hello.\" }\n");
    assert.match(errors(await told)[0].message, /unknown function 'greet'/);
    const again = client.diagnostics("main.flow");
    client.notify("textDocument/didClose", { textDocument: { uri: client.uri("lib.flow") } });
    assert.deepEqual((await again).diagnostics, []);
});

test("mistakes of a file that is not open are told of that file, and taken back", async t => {
    const client = await Client.start(t, { "lib.flow": "fn greet() { oops }\n" });
    const told = client.diagnostics("lib.flow");
    client.open("main.flow", "use \"lib.flow\"\nflow main {\n    greet()\n    hangup\n}\n");
    assert.match(errors(await told)[0].message, /unknown action 'oops'/);
    const again = client.diagnostics("lib.flow");
    writeFileSync(path.join(client.folder, "lib.flow"), "fn greet() { say \"Hello.\" }\n");
    client.notify("workspace/didChangeWatchedFiles", { changes: [{ uri: client.uri("lib.flow"), type: 2 }] });
    assert.deepEqual((await again).diagnostics, []);
});

test("a file that is used twice is found under one path", async t => {
    const client = await Client.start(t, { "lib.flow": "const n = 1\n" });
    client.open("main.flow", "use \"./lib.flow\"\nflow main {\n    log \"{n}\"\n}\n");
    client.open("lib.flow", "const n = \"\n");
    assert.match(errors(await client.diagnostics("lib.flow", 1))[0].message, /no closing quote/);
});

// A test's title is given back by the outline, letter by letter: the server's text beside one kept here.
test("a thousand edits at random leave the text as an editor has it", async t => {
    const client = await Client.start(t);
    const letters = ["a", " ", "ż", "€", "😀", "#", "é", "𝄞"];
    let seed = 20;
    const random = n => (seed = (seed * 48271) % 2147483647) % n;
    const units = text => Array.from(text);
    const head = "test \"";
    let title = [];
    client.open("a.flow", `${head}" {\n}\n`);
    for (let version = 2; version < 1002; version++) {
        const from = random(title.length + 1), count = random(2) ? 0 : random(Math.min(4, title.length - from + 1));
        const made = Array.from({ length: random(4) }, () => letters[random(letters.length)]);
        const column = n => head.length + title.slice(0, n).join("").length;
        client.change("a.flow", version,
            [{ range: line(0, column(from), column(from + count)), text: made.join("") }]);
        title = units([...title.slice(0, from), ...made, ...title.slice(from + count)].join(""));
        if (version % 50)
            continue;
        const symbols = await client.request("textDocument/documentSymbol",
            { textDocument: { uri: client.uri("a.flow") } });
        assert.deepEqual(symbols.map(s => s.name), title.length ? [title.join("")] : []);
    }
});

// Text of a flow, cut and broken anywhere, is spoken of and nothing worse.
test("what is cut off or doubled anywhere is answered", async t => {
    const client = await Client.start(t, { "company.flow": sample("company.flow") });
    const text = sample("support.flow");
    client.open("support.flow", text);
    for (let i = 0, version = 2; i < text.length; i += 61, version++) {
        const broken = version % 2 ? text.slice(0, i) : text.slice(0, i) + text.slice(i + 7) + text.slice(i, i + 40);
        client.change("support.flow", version, [{ text: broken }]);
        const at = client.at("support.flow", { line: broken.slice(0, i).split("\n").length - 1, character: 6 });
        for (const method of ["completion", "hover", "definition", "documentSymbol", "codeLens"])
            await client.request(`textDocument/${method}`, at);
        await client.diagnostics("support.flow", version);
    }
});
