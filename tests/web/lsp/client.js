// A real client of the protocol, talking to `flowc lsp` over its standard input and output.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import protocol from "vscode-languageserver-protocol/node";

export const root = fileURLToPath(new URL("../../../", import.meta.url));
export const flowc = path.join(process.env.CALLFLOW_BIN ?? path.join(root, "build/release/bin"), "flowc");
export const sample = name => readFileSync(path.join(root, "flows", name), "utf8");

// The text without its `¦`, and where that stood, counted as JavaScript and the protocol count: in UTF-16 units.
export function cursor(marked) {
    const at = marked.indexOf("¦");
    const before = marked.slice(0, at).split("\n");
    return {
        text: marked.slice(0, at) + marked.slice(at + 1),
        position: { line: before.length - 1, character: before.at(-1).length },
    };
}

// The text after the edits of one document.
export function apply(text, edits) {
    const lines = text.split("\n");
    const starts = lines.map((_, i) => lines.slice(0, i).reduce((n, line) => n + line.length + 1, 0));
    const offset = p => starts[p.line] === undefined ? text.length : starts[p.line] + p.character;
    return [...edits]
        .sort((a, b) => offset(b.range.start) - offset(a.range.start))
        .reduce((out, e) => out.slice(0, offset(e.range.start)) + e.newText + out.slice(offset(e.range.end)), text);
}

export class Client {
    // files: names and texts, written into a folder of their own.
    static async start(t, files = {}, { snippets = true } = {}) {
        const client = new Client(files);
        t.after(() => client.stop());
        client.info = await client.request("initialize", {
            processId: process.pid,
            rootUri: pathToFileURL(client.folder).href,
            workspaceFolders: [{ uri: pathToFileURL(client.folder).href, name: "flows" }],
            capabilities: { textDocument: { completion: { completionItem: { snippetSupport: snippets } } } },
        });
        await client.notify("initialized", {});
        return client;
    }

    constructor(files = {}) {
        this.folder = mkdtempSync(path.join(tmpdir(), "callflow-lsp-"));
        for (const [name, text] of Object.entries(files))
            writeFileSync(path.join(this.folder, name), text);
        this.child = spawn(flowc, ["lsp"], { stdio: ["pipe", "pipe", "inherit"] });
        this.exited = new Promise(resolve => this.child.on("exit", (code, signal) => resolve(code ?? signal)));
        this.connection = protocol.createProtocolConnection(
            new protocol.StreamMessageReader(this.child.stdout),
            new protocol.StreamMessageWriter(this.child.stdin));
        this.published = [];
        this.waiting = [];
        this.connection.onNotification("textDocument/publishDiagnostics", p => this.receive(p));
        this.connection.onError(() => {});
        this.connection.listen();
    }

    request(method, params, token) {
        return token ? this.connection.sendRequest(method, params, token) : this.connection.sendRequest(method, params);
    }

    notify(method, params) {
        return this.connection.sendNotification(method, params);
    }

    uri(name) {
        return pathToFileURL(path.join(this.folder, name)).href;
    }

    at(name, position) {
        return { textDocument: { uri: this.uri(name) }, position };
    }

    open(name, text) {
        this.notify("textDocument/didOpen", {
            textDocument: { uri: this.uri(name), languageId: "flow", version: 1, text },
        });
    }

    change(name, version, contentChanges) {
        this.notify("textDocument/didChange", { textDocument: { uri: this.uri(name), version }, contentChanges });
    }

    receive(params) {
        this.published.push(params);
        this.waiting = this.waiting.filter(w => !(w.fits(params) && (w.resolve(params), true)));
    }

    // The next diagnostics of a file that come, or those of that version.
    diagnostics(name, version) {
        const fits = p => p.uri === this.uri(name) && (version === undefined || p.version === version);
        const there = version === undefined ? undefined : this.published.find(fits);
        return there ?? new Promise(resolve => this.waiting.push({ fits, resolve }));
    }

    // Ends as an editor does; a sanitizer's finding shows in the exit status.
    async stop() {
        if (this.child.exitCode === null && this.child.signalCode === null) {
            await this.request("shutdown");
            await this.notify("exit");
        }
        assert.equal(await this.exited, 0, "exit status of flowc lsp");
        this.connection.dispose();
        rmSync(this.folder, { recursive: true, force: true });
    }
}

// One message as the protocol frames it. body: a value, or text that is to be no message.
export function frame(body) {
    const text = typeof body === "string" ? body : JSON.stringify({ jsonrpc: "2.0", ...body });
    return `Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`;
}

// Sends these bytes in one piece, ends the input, and gives all messages that came back with the exit status.
export async function talk(bytes) {
    const child = spawn(flowc, ["lsp"], { stdio: ["pipe", "pipe", "inherit"] });
    const chunks = [];
    child.stdout.on("data", chunk => chunks.push(chunk));
    const closed = new Promise(resolve => child.on("close", resolve));
    child.stdin.end(bytes);
    const code = await closed;
    const messages = [];
    for (let rest = Buffer.concat(chunks); rest.length;) {
        const body = rest.indexOf("\r\n\r\n") + 4;
        const length = Number(/Content-Length: (\d+)/.exec(rest.subarray(0, body))[1]);
        messages.push(JSON.parse(rest.subarray(body, body + length)));
        rest = rest.subarray(body + length);
    }
    return { messages, code };
}
