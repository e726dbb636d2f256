// How long a keystroke takes: until its diagnostics have come, and a completion beside them.
import assert from "node:assert/strict";
import test from "node:test";
import { Client, sample } from "./client.js";

const sanitized = (process.env.CALLFLOW_BIN ?? "").includes("asan");
const limit = sanitized ? 200 : 20; // ms, the median

const median = list => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)];

// A flow of at least so many lines, out of the reception's parts.
function long(lines) {
    const one = sample("reception.flow").split("test \"one rings")[0].split("\n").slice(3).join("\n");
    const body = i => one.replace("flow reception", `fn part_${i}()`).replaceAll("hangup", "log \"bye\"")
        .replace("continue with support", "log \"support\"");
    let text = "use \"company.flow\"\n\nflow long { part_0() }\n";
    for (let i = 0; text.split("\n").length < lines; i++)
        text += body(i);
    return text;
}

async function type(t, lines, strokes) {
    const client = await Client.start(t, { "company.flow": sample("company.flow") });
    const text = long(lines), last = text.split("\n").length - 1;
    client.open("long.flow", text);
    const first = await client.diagnostics("long.flow", 1);
    assert.deepEqual(first.diagnostics.filter(d => d.severity === 1), []);
    const times = [];
    for (let i = 0; i < strokes; i++) {
        const from = performance.now(), at = { line: last, character: i };
        client.change("long.flow", i + 2, [{ range: { start: at, end: at }, text: "#" }]);
        await client.diagnostics("long.flow", i + 2);
        await client.request("textDocument/completion", client.at("long.flow", { line: 5, character: 8 }));
        times.push(performance.now() - from);
    }
    return { times, lines: last };
}

test(`a keystroke in 200 lines takes less than ${limit} ms`, async t => {
    const { times, lines } = await type(t, 200, 50);
    t.diagnostic(`${lines} lines: median ${median(times).toFixed(2)} ms, worst ${Math.max(...times).toFixed(2)} ms`);
    assert.ok(median(times) < limit, `${median(times)} ms`);
});

test("20,000 lines are typed in, too", async t => {
    const { times, lines } = await type(t, 20000, 3);
    t.diagnostic(`${lines} lines: median ${median(times).toFixed(2)} ms`);
    assert.ok(median(times) < limit * 50, `${median(times)} ms`);
});
