// The VS Code extension beside a pretended editor.
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import Module from "node:module";
import path from "node:path";
import test from "node:test";
import { root } from "./client.js";

// An editor of which the extension sees what it uses, and that writes down what it is asked for.
function pretend(flowc) {
    const seen = { commands: {}, tasks: [], saved: [] };
    const vscode = {
        commands: { registerCommand: (name, run) => (seen.commands[name] = run, { dispose() {} }) },
        workspace: {
            getConfiguration: () => ({ get: () => flowc }),
            createFileSystemWatcher: glob => ({ glob }),
            openTextDocument: async uri => ({ save: async () => seen.saved.push(uri.fsPath) }),
            getWorkspaceFolder: () => undefined,
        },
        window: { activeTextEditor: { document: { uri: { fsPath: "/open.flow" } } } },
        tasks: { executeTask: async task => seen.tasks.push(task) },
        Uri: { parse: uri => ({ fsPath: new URL(uri).pathname }) },
        ProcessExecution: class { constructor(process, args) { Object.assign(this, { process, args }); } },
        Task: class { constructor(...all) { [this.definition, this.scope, this.name, this.source, this.execution] = all; } },
        TaskScope: { Workspace: 2 },
        TaskRevealKind: { Always: 1 },
    };
    const node = {
        LanguageClient: class {
            constructor(...all) { [seen.id, seen.name, seen.server, seen.options] = all; }
            async start() { seen.started = true; }
            async stop() { seen.stopped = true; }
        },
        TransportKind: { stdio: 0 },
    };
    return { seen, modules: { vscode, "vscode-languageclient/node": node } };
}

function load(modules) {
    const file = path.join(root, "docs/editors/vscode/extension.js");
    const require = createRequire(import.meta.url);
    const original = Module._load;
    delete require.cache[file];
    Module._load = (name, ...rest) => modules[name] ?? original(name, ...rest);
    try {
        return require(file);
    } finally {
        Module._load = original;
    }
}

async function activate() {
    const { seen, modules } = pretend("/opt/flowc");
    const extension = load(modules);
    await extension.activate({ subscriptions: [] });
    return { seen, extension };
}

test("it starts the server the setting names, and stops it", async () => {
    const { seen, extension } = await activate();
    assert.deepEqual([seen.server.command, seen.server.args, seen.started], ["/opt/flowc", ["lsp"], true]);
    assert.deepEqual(seen.options.documentSelector, [{ language: "flow" }]);
    await extension.deactivate();
    assert.ok(seen.stopped);
});

const runs = [
    ["one test", ["file:///flows/a.flow", "two \"words\"; rm"], ["test", "--only=two \"words\"; rm", "/flows/a.flow"]],
    ["all tests", ["file:///flows/a.flow"], ["test", "/flows/a.flow"]],
    ["the open file's tests", [], ["test", "/open.flow"]],
];
for (const [name, args, wanted] of runs)
    test(`it runs ${name}, saved first and without a shell`, async () => {
        const { seen } = await activate();
        await seen.commands["callflow.runTest"](...args);
        assert.deepEqual(seen.tasks[0].execution.args, wanted);
        assert.equal(seen.tasks[0].execution.process, "/opt/flowc");
        assert.deepEqual(seen.saved, [wanted.at(-1)]);
    });
