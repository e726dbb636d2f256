// Hover, definition, references, rename, outline, lenses, formatting; each place is a word and its count.
import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import path from "node:path";
import test from "node:test";
import { Client, apply, cursor, root, sample } from "./client.js";

const lib = "# Rings a person.\nfn ring(to: text) -> done | missed {\n    bridge to {\n        on ended { return done }\n" +
    "        else { return missed }\n    }\n}\n\nconst greeting = \"Hello.\"\n\nhours office { zone \"Europe/London\"; mon-fri 09:00-17:00 }\n";
const main = "use \"lib.flow\"\npermit dial connections\n\nflow main {\n    var tries = 0\n    tries = tries + 1\n" +
    "    say \"{greeting} {number(tries)}\"\n    gather digits: 4 {\n" +
    "        on matched(code) { ring(code) { on missed { say \"Nobody {code}.\" } } }\n" +
    "        on invalid, timeout { log call.from }\n    }\n    if open(office) { continue with other }\n    hangup\n}\n" +
    "\ntest \"one\" {\n    expect bridge \"ann\" { busy }\n    expect ended\n}\n";
const other = "use \"lib.flow\"\nflow other {\n    log greeting\n    ring(\"ann\") { on missed { hangup } }\n}\n";
const shop = "extern lua \"pricing.lua\" {\n    # What it costs.\n    fn quote(item: text) -> int\n    fn stock(item: text) -> there(count: int) | none | failed(why: text)\n}\n\n" +
    "flow shop {\n    say \"{quote(\"tea\")} euro.\"\n    stock(\"tea\") {\n        on there(n) { say \"{n}\" }\n" +
    "        on none { hangup }\n        on failed { hangup }\n    }\n}\n";
const lua = "function quote(item) return 4 end\nfunction stock(item) return \"none\" end\n";
const files = { "lib.flow": lib, "main.flow": main, "other.flow": other };

// The place of the n-th occurrence of a word, one character into it.
function place(text, word, n = 1) {
    let at = -1;
    for (let i = 0; i < n; i++)
        at = text.indexOf(word, at + 1);
    assert.notEqual(at, -1, word);
    return cursor(text.slice(0, at + 1) + "¦" + text.slice(at + 1)).position;
}

async function start(t) {
    const client = await Client.start(t, files);
    client.open("main.flow", main);
    return client;
}

const hovers = [
    ["an action", "gather", 1, [/Collects digits/, /`timeout` — duration, default 5s/, /on matched\(digits\)/]],
    ["a label", "digits:", 1, [/Exactly so many digits/, /\*\*gather\*\*/]],
    ["an outcome", "matched", 1, [/must be handled/, /The digits are complete/]],
    ["an outcome among others", "timeout", 1, [/No digit came/]],
    ["a variable", "tries", 2, [/var tries: int/]],
    ["what an outcome gives", "code", 2, [/code: text/, /outside/]],
    ["a name in a text", "code", 3, [/code: text/]],
    ["a constant of another file", "greeting", 1, [/const greeting: text/, /Hello/]],
    ["hours", "office", 1, [/hours office/, /09:00-17:00/]],
    ["a function with the comment above it", "ring(", 1, [/fn ring\(to: text\) -> done \| missed/, /Rings a person/]],
    ["an outcome of a function", "missed", 1, [/on missed/, /`ring`/]],
    ["a function of the language", "number", 1, [/number\(value: int\) -> text/]],
    ["a function of the machine", "open", 1, [/open\(hours\) -> bool/]],
    ["the call", "call", 1, [/from_name/]],
    ["a field", ".from", 1, [/caller's number/]],
    ["an action in a test", "bridge", 1, [/Rings one or more targets/]],
    ["an outcome in a test", "busy", 1, [/The target is busy/]],
    ["a flow", "main {", 1, [/flow main/]],
];
for (const [name, word, n, patterns] of hovers)
    test(`hover over ${name}`, async t => {
        const client = await start(t);
        const hover = await client.request("textDocument/hover", client.at("main.flow", place(main, word, n)));
        assert.ok(hover, "there is one");
        for (const pattern of patterns)
            assert.match(hover.contents.value, pattern);
    });

test("no hover over nothing", async t => {
    const client = await start(t);
    for (const position of [{ line: 2, character: 0 }, { line: 999, character: 9 }, place(main, "\"ann\"")])
        assert.equal(await client.request("textDocument/hover", client.at("main.flow", position)), null);
});

const definitions = [
    ["a variable", "tries", 3, "main.flow", "tries"],
    ["what an outcome gives", "code", 3, "main.flow", "code"],
    ["a function of another file", "ring(", 1, "lib.flow", "ring"],
    ["an outcome of a function", "missed", 1, "lib.flow", "missed"],
    ["a constant", "greeting", 1, "lib.flow", "greeting"],
    ["hours", "office", 1, "lib.flow", "office"],
    ["another flow", "other", 1, "other.flow", "other"],
];
for (const [name, word, n, file, found] of definitions)
    test(`definition of ${name}`, async t => {
        const client = await start(t);
        const location = await client.request("textDocument/definition", client.at("main.flow", place(main, word, n)));
        assert.equal(location.uri, client.uri(file));
        const { start: from, end } = location.range;
        assert.equal(files[file].split("\n")[from.line].slice(from.character, end.character), found);
    });

test("definition of a used file is its start", async t => {
    const client = await start(t);
    const location = await client.request("textDocument/definition", client.at("main.flow", place(main, "lib.flow")));
    assert.equal(location.uri, client.uri("lib.flow"));
    assert.deepEqual(location.range.start, { line: 0, character: 0 });
});

test("the language's own has no definition", async t => {
    const client = await start(t);
    for (const word of ["gather", "number", "open"])
        assert.equal(
            await client.request("textDocument/definition", client.at("main.flow", place(main, word))), null, word);
});

const references = [["tries", 1, true, 4], ["tries", 1, false, 3], ["code", 1, true, 3], ["greeting", 1, true, 3],
    ["ring(", 1, true, 3], ["missed", 1, true, 4], ["office", 1, true, 2]];
for (const [word, n, includeDeclaration, count] of references)
    test(`${count} places mean ${word}${includeDeclaration ? "" : " besides where it is named"}`, async t => {
        const client = await start(t);
        const found = await client.request("textDocument/references",
            { ...client.at("main.flow", place(main, word, n)), context: { includeDeclaration } });
        assert.equal(found.length, count);
        for (const { uri, range } of found) {
            const line = files[path.basename(uri)].split("\n")[range.start.line];
            assert.equal(line.slice(range.start.character, range.end.character), word.replace("(", ""));
        }
    });

async function startShop(t, text = shop) {
    const client = await Client.start(t, { "pricing.lua": lua, "shop.flow": text });
    client.open("shop.flow", text);
    return client;
}

test("hover over a function in Lua", async t => {
    const client = await startShop(t);
    const hover = await client.request("textDocument/hover", client.at("shop.flow", place(shop, "quote(\"")));
    assert.match(hover.contents.value, /fn quote\(item: text\) -> int/);
    assert.match(hover.contents.value, /What it costs/);
});

test("definition of a function in Lua: where it is declared", async t => {
    const client = await startShop(t);
    const found = await client.request("textDocument/definition", client.at("shop.flow", place(shop, "stock(\"")));
    assert.equal([found].flat()[0].range.start.line, 3);
});

test("an outcome of a function in Lua is offered", async t => {
    const text = shop.replace("        on none { hangup }\n", "        \n");
    const client = await startShop(t, text);
    const line = text.split("\n").indexOf("        ");
    const items = await client.request("textDocument/completion", client.at("shop.flow", { line, character: 8 }));
    const labels = items.map(item => item.label);
    assert.ok(labels.includes("on none") && !labels.includes("on there"), labels.join());
});

test("a function that the Lua file does not have is marked", async t => {
    const text = shop.replace("fn quote(item: text) -> int", "fn quota(item: text) -> int").replace("{quote(", "{quota(");
    const client = await startShop(t, text);
    const { diagnostics } = await client.diagnostics("shop.flow", 1);
    assert.ok(diagnostics.some(d => /quota/.test(d.message)), JSON.stringify(diagnostics));
});

test("highlights stay in the file", async t => {
    const client = await start(t);
    const found = await client.request("textDocument/documentHighlight", client.at("main.flow", place(main, "tries")));
    assert.equal(found.length, 4);
});

const renames = [
    ["a variable", "tries", "turns", { "main.flow": 4 }],
    ["a value in a text", "code", "pin", { "main.flow": 3 }],
    ["a function, in all files", "ring(", "call_up", { "main.flow": 1, "lib.flow": 1, "other.flow": 1 }],
    ["an outcome, in all files", "missed", "nobody", { "main.flow": 1, "lib.flow": 2, "other.flow": 1 }],
    ["a constant, in all files", "greeting", "hello", { "main.flow": 1, "lib.flow": 1, "other.flow": 1 }],
];
for (const [name, word, newName, counts] of renames)
    test(`rename ${name}: what comes out has no mistakes`, async t => {
        const client = await start(t);
        const at = client.at("main.flow", place(main, word));
        assert.ok(await client.request("textDocument/prepareRename", at));
        const { changes } = await client.request("textDocument/rename", { ...at, newName });
        const edited = Object.fromEntries(Object.entries(changes).map(([uri, e]) => [path.basename(uri), e.length]));
        assert.deepEqual(edited, counts);
        const after = await Client.start(t, { ...files, ...Object.fromEntries(Object.entries(changes)
            .map(([uri, e]) => [path.basename(uri), apply(files[path.basename(uri)], e)])) });
        for (const [uri, e] of Object.entries(changes)) {
            const file = path.basename(uri);
            after.open(file, apply(files[file], e));
            const { diagnostics } = await after.diagnostics(file, 1);
            assert.deepEqual(diagnostics.filter(d => d.severity === 1), [], file);
        }
    });

const refused = [
    ["an action", "gather", "collect", /language's own/],
    ["a flow", "main {", "start", /name of its file/],
    ["nothing", "\n\nflow", "x", /no name here/],
    ["to a keyword", "tries", "loop", /word of the language/],
    ["to capitals", "tries", "Tries", /snake_case/],
    ["to no name", "tries", "", /snake_case/],
    ["to a name that is taken", "greeting", "office", /taken/],
];
for (const [name, word, newName, why] of refused)
    test(`no rename of ${name}`, async t => {
        const client = await start(t);
        const at = client.at("main.flow", place(main, word));
        await assert.rejects(client.request("textDocument/rename", { ...at, newName }), why);
    });

test("the outline of a file", async t => {
    const client = await start(t);
    client.open("lib.flow", lib);
    const ask = name => client.request("textDocument/documentSymbol", { textDocument: { uri: client.uri(name) } });
    assert.deepEqual((await ask("lib.flow")).map(s => [s.detail, s.name]),
        [["fn", "ring"], ["const", "greeting"], ["hours", "office"]]);
    assert.deepEqual((await ask("main.flow")).map(s => s.name), ["lib.flow", "permit", "main", "one"]);
});

test("each test has a lens that runs it", async t => {
    const client = await start(t);
    const lenses = await client.request("textDocument/codeLens", { textDocument: { uri: client.uri("main.flow") } });
    const { command, range } = lenses.find(l => l.command.title === "Run test");
    assert.equal(command.command, "callflow.runTest");
    assert.deepEqual(command.arguments, [client.uri("main.flow"), "one"]);
    assert.equal(range.start.line, main.split("\n").indexOf("test \"one\" {"));
});

const layouts = [
    ["spaces", "flow  a{\nhangup\n}\n", "flow a {\n    hangup\n}\n"],
    ["nothing", "flow a {\n    hangup\n}\n", "flow a {\n    hangup\n}\n"],
    ["one line in the middle", "flow a {\n    answer\n  say   \"😀\"\n    hangup\n}\n",
        "flow a {\n    answer\n    say \"😀\"\n    hangup\n}\n"],
    ["an end without a line's end", "flow a { hangup }", "flow a { hangup }\n"],
    ["empty lines", "flow a {\n\n\n\n    hangup\n}\n\n\n", "flow a {\n    hangup\n}\n"],
];
for (const [name, before, after] of layouts)
    test(`formatting changes ${name}`, async t => {
        const client = await Client.start(t);
        client.open("a.flow", before);
        const edits = await client.request("textDocument/formatting",
            { textDocument: { uri: client.uri("a.flow") }, options: {} });
        assert.equal(apply(before, edits), after);
        assert.equal(edits.length, before === after ? 0 : 1);
    });

test("formatting of what cannot be read is refused", async t => {
    const client = await Client.start(t);
    client.open("a.flow", "flow a {\n");
    await assert.rejects(client.request("textDocument/formatting",
        { textDocument: { uri: client.uri("a.flow") }, options: {} }), /no layout/);
});

test("each place of all samples, also of the broken ones, is answered", async t => {
    const client = await Client.start(t, {});
    const folder = path.join(root, "tests/flow/broken");
    const broken = readdirSync(folder).filter(name => name.endsWith(".flow")).map(name => `../tests/flow/broken/${name}`);
    for (const name of [...readdirSync(path.join(root, "flows")).filter(n => n.endsWith(".flow")), ...broken]) {
        const text = sample(name), short = path.basename(name);
        client.open(short, text);
        for (const [line, content] of text.split("\n").entries())
            for (let character = 0; character <= content.length; character += 5)
                for (const method of ["hover", "definition", "prepareRename"])
                    await client.request(`textDocument/${method}`, client.at(short, { line, character })).catch(e => {
                        assert.equal(e.code, -32803, e.message);
                    });
        client.notify("textDocument/didClose", { textDocument: { uri: client.uri(short) } });
    }
});
