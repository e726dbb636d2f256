// Starts `flowc lsp` for .flow files, and runs tests in a terminal.
"use strict";

const vscode = require("vscode");
const { LanguageClient, TransportKind } = require("vscode-languageclient/node");

let client;

const flowc = () => vscode.workspace.getConfiguration("callflow").get("flowc");

// Runs the tests of a file, or the one of that title. Each run is a task, so no shell reads the title.
async function runTest(uri, title) {
    const file = uri ? vscode.Uri.parse(uri) : vscode.window.activeTextEditor?.document.uri;
    if (!file)
        return;
    const document = await vscode.workspace.openTextDocument(file);
    await document.save();
    const run = new vscode.ProcessExecution(flowc(), testArguments(file.fsPath, title));
    const folder = vscode.workspace.getWorkspaceFolder(file) ?? vscode.TaskScope.Workspace;
    const name = title ?? "all tests";
    const task = new vscode.Task({ type: "callflow", test: name }, folder, name, "flowc", run);
    task.presentationOptions = { reveal: vscode.TaskRevealKind.Always, clear: true };
    await vscode.tasks.executeTask(task);
}

const testArguments = (path, title) => title === undefined ? ["test", path] : ["test", `--only=${title}`, path];

async function activate(context) {
    context.subscriptions.push(vscode.commands.registerCommand("callflow.runTest", runTest));
    client = new LanguageClient("callflow", "Call Flow",
        { command: flowc(), args: ["lsp"], transport: TransportKind.stdio },
        {
            documentSelector: [{ language: "flow" }],
            synchronize: { fileEvents: vscode.workspace.createFileSystemWatcher("**/*.flow") },
        });
    await client.start();
}

const deactivate = () => client?.stop();

module.exports = { activate, deactivate };
