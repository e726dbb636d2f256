// The TextMate grammar of docs/editors, run as an editor runs it.
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import test from "node:test";
import oniguruma from "vscode-oniguruma";
import textmate from "vscode-textmate";
import { root, sample } from "./client.js";

const extension = path.join(root, "docs/editors/vscode");
const wasm = readFileSync(createRequire(import.meta.url).resolve("vscode-oniguruma/release/onig.wasm"));
await oniguruma.loadWASM(wasm.buffer.slice(wasm.byteOffset, wasm.byteOffset + wasm.byteLength));
const registry = new textmate.Registry({
    onigLib: Promise.resolve({
        createOnigScanner: patterns => new oniguruma.OnigScanner(patterns),
        createOnigString: text => new oniguruma.OnigString(text),
    }),
    loadGrammar: async () => {
        const file = path.join(extension, "syntaxes/flow.tmLanguage.json");
        return textmate.parseRawGrammar(readFileSync(file, "utf8"), file);
    },
});
const grammar = await registry.loadGrammar("source.flow");

// All tokens of a text: line, text, scopes.
function tokens(text) {
    let stack = textmate.INITIAL;
    const all = [];
    for (const [line, content] of text.split("\n").entries()) {
        const result = grammar.tokenizeLine(content, stack);
        stack = result.ruleStack;
        for (const { startIndex, endIndex, scopes } of result.tokens)
            all.push({ line, text: content.slice(startIndex, endIndex), scopes, content });
    }
    return { all, depth: stack.depth };
}

// file, a part of the line, the token in it, its scope (a prefix of one of its scopes)
const rows = [
    ["reception.flow", "# The front door", "#", "punctuation.definition.comment"],
    ["reception.flow", "# The front door", " The front door: hours, a menu with three tries, sales and support, a message when nobody can come.", "comment.line"],
    ["reception.flow", "use \"company", "use", "keyword.control.import"],
    ["reception.flow", "use \"company", "company.flow", "string.quoted.double"],
    ["reception.flow", "flow reception", "flow", "storage.type.flow"],
    ["reception.flow", "flow reception", "reception", "entity.name.class"],
    ["reception.flow", "if not open", "if", "keyword.control"],
    ["reception.flow", "if not open", "not", "keyword.operator.word"],
    ["reception.flow", "if not open", "open", "entity.name.function.call"],
    ["reception.flow", "say \"We are closed", "say", "support.function.action"],
    ["reception.flow", "on full, failed", "voicemail", "support.function.action"],
    ["reception.flow", "on full, failed", "on", "keyword.control.on"],
    ["reception.flow", "on full, failed", "full", "variable.other.enummember.outcome"],
    ["reception.flow", "on full, failed", "failed", "variable.other.enummember.outcome"],
    ["reception.flow", "on full, failed", "say", "support.function.action"],
    ["reception.flow", "menu \"Thank you", "menu", "support.function.action"],
    ["reception.flow", "menu \"Thank you", "tries", "variable.parameter.label"],
    ["reception.flow", "menu \"Thank you", "3", "constant.numeric.integer"],
    ["reception.flow", "ring_team(front", "ring_team", "entity.name.function.call"],
    ["reception.flow", "on served", "hangup", "support.function.action"],
    ["reception.flow", "continue with support", "with", "keyword.control"],
    ["reception.flow", "continue with support", "support", "entity.name.class"],
    ["reception.flow", "one Main Street.\"; again", "again", "keyword.control"],
    ["reception.flow", "test \"one rings", "test", "storage.type.test"],
    ["reception.flow", "test \"one rings", "\"one rings sales, nobody answers, a message is left\"", "entity.name.section.test"],
    ["reception.flow", "at 2026-11-23 10:00", "at", "keyword.other.test"],
    ["reception.flow", "at 2026-11-23 10:00", "2026-11-23", "constant.numeric.date"],
    ["reception.flow", "at 2026-11-23 10:00", "10:00", "constant.numeric.time"],
    ["reception.flow", "call from \"+48", "from", "keyword.other.test"],
    ["reception.flow", "no_answer after 20s", "expect", "keyword.other.test"],
    ["reception.flow", "no_answer after 20s", "bridge", "support.function.action"],
    ["reception.flow", "no_answer after 20s", "no_answer", "variable.other.enummember.outcome"],
    ["reception.flow", "no_answer after 20s", "20s", "constant.numeric.duration"],
    ["reception.flow", "expect ended by caller", "caller", "variable.other.enummember"],
    ["reception.flow", "press \"2\" after 500ms", "500ms", "constant.numeric.duration"],
    ["company.flow", "zone \"Europe", "zone", "keyword.other.hours"],
    ["company.flow", "mon-fri", "mon", "constant.language.day"],
    ["company.flow", "mon-fri", "09:00", "constant.numeric.time"],
    ["company.flow", "fn ring_team", "fn", "storage.type.function"],
    ["company.flow", "fn ring_team", "ring_team", "entity.name.function"],
    ["company.flow", "fn ring_team", "list of text", "support.type"],
    ["company.flow", "fn ring_team", "missed", "variable.other.enummember.outcome"],
    ["company.flow", "const ", "const", "storage.type.const"],
];
for (const [file, part, text, scope] of rows)
    test(`${file}: '${text.slice(0, 30)}' of '${part}' is ${scope}`, () => {
        const there = tokens(sample(file)).all.filter(t => t.content.includes(part) && t.text.trim() === text.trim());
        assert.ok(there.length, "the token is there");
        for (const token of there)
            assert.ok(token.scopes.some(s => s.startsWith(scope)), `${token.content}: ${token.scopes}`);
    });

const lines = [
    ["let n = 1h30m", "1h30m", "constant.numeric.duration"],
    ["say \"Hello {name}, {number(n)}.\"", "name", "meta.embedded"],
    ["say \"Hello {name}, {number(n)}.\"", "number", "entity.name.function.call"],
    ["say \"a \\{ b\"", "\\{", "constant.character.escape"],
    ["say \"a \\q b\"", "\\q", "invalid.illegal.escape"],
    ["log call.dialed.ring_time", "call", "variable.language.call"],
    ["log call.dialed.ring_time", "ring_time", "variable.other.property"],
    ["count = count + 1", "+", "keyword.operator"],
    ["gather secret: yes {", "yes", "constant.language.boolean"],
    ["on ended(talk, by) { }", "talk", "variable.other.readwrite"],
    ["on hangup { }", "hangup", "keyword.control.on"],
    ["language \"de\"", "language", "storage.modifier.language"],
    ["pronounce \"Nguyen\" as \"win\"", "pronounce", "storage.modifier.pronounce"],
    ["let language = \"de\"", "language", "variable"],
    ["extern lua \"pricing.lua\" {", "extern", "storage.modifier.extern"],
    ["extern lua \"pricing.lua\" {", "lua", "storage.modifier.extern"],
    ["extern lua \"pricing.lua\" {", "pricing.lua", "string.quoted.double"],
    ["    fn quote(item: text, count: int) -> int", "quote", "entity.name.function"],
    ["    fn quote(item: text, count: int) -> int", "int", "support.type"],
    ["permit dial connections", "connections", "keyword.other.permit"],
    ["permit dial \"+48*\" at most 2", "most", "keyword.other.permit"],
    ["let x = doc.a as text else \"\"", "text", "support.type"],
    ["remember \"k\", \"v\", for: 30d", "for", "variable.parameter.label"],
    ["hangup; say \"x\"", "say", "support.function.action"],
];
for (const [text, token, scope] of lines)
    test(`'${token}' of '${text}' is ${scope}`, () => {
        const found = tokens(text).all.find(t => t.text.trim() === token);
        assert.ok(found, "the token is there");
        assert.ok(found.scopes.some(s => s.startsWith(scope)), `${found.scopes}`);
    });

test("an assignment is no action, nor is a call of a function", () => {
    for (const text of ["count = 1", "ring_sales()", "return served"])
        for (const token of tokens(text).all)
            assert.ok(!token.scopes.some(s => s.startsWith("support.function")), text);
});

for (const name of readdirSync(path.join(root, "flows")).filter(n => n.endsWith(".flow")))
    test(`${name} ends with nothing open`, () => {
        assert.equal(tokens(sample(name)).depth, 1);
    });

test("the extension names files that are there", () => {
    const manifest = JSON.parse(readFileSync(path.join(extension, "package.json"), "utf8"));
    const files = [manifest.main, ...manifest.contributes.languages.map(l => l.configuration),
        ...manifest.contributes.grammars.map(g => g.path)];
    for (const file of files)
        assert.ok(readFileSync(path.join(extension, file)).length, file);
    assert.equal(manifest.contributes.grammars[0].scopeName, "source.flow");
    assert.ok(JSON.parse(readFileSync(path.join(extension, manifest.contributes.languages[0].configuration), "utf8")));
});
