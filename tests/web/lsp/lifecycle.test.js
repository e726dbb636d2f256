// Beginning, end, and whatever is no proper message.
import assert from "node:assert/strict";
import test from "node:test";
import { Client, frame, talk } from "./client.js";

const hello = frame({ id: 1, method: "initialize", params: { capabilities: {} } });
const bye = frame({ id: 99, method: "shutdown" }) + frame({ method: "exit" });
const probe = frame({ id: 50, method: "textDocument/hover", params: {} });
const answer = (messages, id) => messages.find(m => m.id === id);

test("initialize names what the server can do", async t => {
    const { info } = await Client.start(t);
    const { capabilities } = info;
    assert.equal(capabilities.positionEncoding, "utf-16");
    assert.equal(capabilities.textDocumentSync.change, 2);
    for (const one of ["completionProvider", "hoverProvider", "definitionProvider", "referencesProvider",
        "renameProvider", "documentFormattingProvider", "documentSymbolProvider", "codeLensProvider"])
        assert.ok(capabilities[one], one);
});

test("shutdown, then exit: status 0", async () => {
    const { messages, code } = await talk(hello + bye);
    assert.equal(answer(messages, 99).result, null);
    assert.equal(code, 0);
});

test("exit without shutdown: status 1", async () => {
    assert.equal((await talk(hello + frame({ method: "exit" }))).code, 1);
});

test("the input ends: status 1", async () => {
    assert.equal((await talk(hello)).code, 1);
});

const errors = [
    ["a request before initialize", frame({ id: 7, method: "textDocument/hover", params: {} }), 7, -32002],
    ["initialize twice", hello + frame({ id: 7, method: "initialize", params: {} }), 7, -32600],
    ["a request after shutdown", hello + frame({ id: 6, method: "shutdown" }) + frame({ id: 7, method: "x" }), 7, -32600],
    ["an unknown method", hello + frame({ id: 7, method: "textDocument/levitate", params: {} }), 7, -32601],
    ["an id that is a text", hello + frame({ id: "seven", method: "nothing" }), "seven", -32601],
    ["no parameters", hello + frame({ id: 7, method: "textDocument/hover" }), 7, -32602],
    ["parameters that are a list", hello + frame({ id: 7, method: "textDocument/rename", params: [1] }), 7, -32602],
    ["parameters that are a number", hello + frame('{"id":7,"method":"textDocument/completion","params":3}'), 7, -32602],
    ["a document that is not open", hello + frame({ id: 7, method: "textDocument/formatting",
        params: { textDocument: { uri: "file:///nowhere.flow" } } }), 7, -32602],
    ["no JSON", hello + frame("{"), null, -32700],
    ["an empty body", hello + frame(""), null, -32700],
    ["a body that is not UTF-8", Buffer.concat([Buffer.from(hello + "Content-Length: 3\r\n\r\n"),
        Buffer.from([0x22, 0xff, 0x22])]), null, -32700],
    ["a header without a length", hello + "Content-Type: x\r\n\r\n", null, -32700],
    ["a length that is no number", hello + "Content-Length: many\r\n\r\n", null, -32700],
    ["a negative length", hello + "Content-Length: -5\r\n\r\n", null, -32700],
    ["a message that is a list", hello + frame("[1, 2]"), null, -32600],
    ["a message that is nothing", hello + frame("null"), null, -32600],
    ["a request whose id is an object", hello + frame('{"id":{},"method":"shutdown"}'), null, -32600],
];
for (const [name, bytes, id, code] of errors)
    test(`${name} is answered with ${code}, and the server goes on`, async () => {
        const { messages } = await talk(Buffer.concat([Buffer.from(bytes), Buffer.from(probe)]));
        assert.equal(answer(messages, id)?.error?.code, code);
        assert.ok(answer(messages, 50), "the next request is answered");
    });

test("a body without its header does not swallow what follows for good", async () => {
    const { messages } = await talk(hello + "Content-Type: x\r\n\r\n{\"id\":3}" + probe);
    assert.ok(answer(messages, 50));
});

test("a length beyond all measure ends the conversation", async () => {
    const { messages, code } = await talk(hello + "Content-Length: 999999999999\r\n\r\n{}");
    assert.ok(answer(messages, 1).result);
    assert.equal(code, 1);
});

test("a request that is cancelled before its turn", async () => {
    const { messages } = await talk(hello + frame({ id: 8, method: "textDocument/hover", params: {} }) +
        frame({ method: "$/cancelRequest", params: { id: 8 } }) + probe);
    assert.equal(messages.filter(m => m.id === 8).length, 1);
    assert.equal(answer(messages, 8).error.code, -32800);
    assert.equal(answer(messages, 50).error.code, -32602);
});

test("a cancellation of nothing, unknown notices and stray answers are passed over", async () => {
    const { messages } = await talk(hello + frame({ method: "$/cancelRequest", params: { id: 77 } }) +
        frame({ method: "$/setTrace", params: { value: "off" } }) + frame({ id: 4, result: null }) +
        frame({ method: "textDocument/didChange", params: { textDocument: {}, contentChanges: 5 } }) +
        frame({ method: "textDocument/didOpen", params: { textDocument: { uri: 5, text: [] } } }) + bye);
    assert.deepEqual(messages.map(m => m.id), [1, 99]);
});

test("a message cut into single bytes is one message", async t => {
    const client = await Client.start(t);
    for (const byte of Buffer.from(frame({ id: "bytes", method: "nothing" })))
        client.child.stdin.write(Buffer.from([byte]));
    client.open("a.flow", "flow a { hangup }\n");
    assert.deepEqual((await client.diagnostics("a.flow", 1)).diagnostics, []);
});

test("a file whose name is not UTF-8", async () => {
    const uri = "file:///nowhere/%FF%C3/a.flow";
    const text = "use \"b.flow\"\nflow a { continue with c }\n";
    const { messages } = await talk(hello +
        frame({ method: "textDocument/didOpen", params: { textDocument: { uri, version: 1, text } } }) +
        frame({ id: 5, method: "textDocument/hover",
            params: { textDocument: { uri }, position: { line: 0, character: 6 } } }) + bye);
    assert.ok(answer(messages, 5));
    assert.equal(answer(messages, 99).result, null);
});
