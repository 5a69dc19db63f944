// The module scorecast-train in Node; trainer/tests/browser.rs checks that its output is byte-identical to the command
// line's.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { test } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";

const root = path.join(path.dirname(fileURLToPath(import.meta.url)), "../..");
const folder = process.env.SCORECAST_TRAINING ?? path.join(root, "target/training/scorecast-train");
const { TrainingError, look, train } = await import(pathToFileURL(path.join(folder, "scorecast-train.js")));
const sample = await readFile(path.join(root, "static/sample.csv"), "utf8");

test("a file is looked into", async () => {
  const found = await look(sample, { name: "sample.csv" });
  assert.equal(found.rows, 1000);
  assert.deepEqual([found.columns.length, found.guess.column, found.guess.word], [8, "math_score", "score"]);
  assert.equal(found.columns.find(({ name }) => name === "lunch").kind, "categorical");
});

test("a model is trained, with news on the way", async () => {
  const news = [];
  const outcome = await train(sample, { target: "math_score", effort: "quick", onProgress: (progress) => news.push(progress) });
  assert.ok(outcome.heldBack.r2 > 0.7 && outcome.crossValidatedR2 > 0.7, JSON.stringify(outcome.heldBack));
  const names = ["model.json", "preprocessor.json", "reference.json", "report.html", "report.json", "scorecast.toml"];
  assert.deepEqual(Object.keys(outcome.files).sort(), names);
  const stages = [...new Set(news.map(({ stage }) => stage))];
  assert.deepEqual(stages, ["split", "search", "blend", "select", "refit", "gates", "diagnosis", "report"]);
  assert.ok(news.every(({ share }, idx) => share >= 0 && share <= 1 && (idx === 0 || news[idx - 1].fits <= news[idx].fits)));
  assert.ok(news.at(-1).best.r2 > 0.7 && news.at(-1).fits > 3);
  assert.equal(Buffer.from(outcome.zip.subarray(0, 4)).toString("latin1"), "PK\u0003\u0004");
});

test("columns are trained on like a file, and twice comes to the same", async () => {
  const [header, ...lines] = sample.trim().split("\n").map((line) => line.split(","));
  const columns = Object.fromEntries(header.map((name, idx) => [name, lines.map((line) => line[idx])]));
  const options = { target: "math_score", effort: "quick" };
  const [first, again] = await Promise.all([train(columns, options), train(columns, options)]);
  assert.equal(first.files["model.json"], again.files["model.json"]);
  assert.equal(first.rows, 1000);
  await assert.rejects(train({ a: [1, 2], b: [1] }), { name: "TrainingError", code: "wrong-type" });
});

test("a run is cancelled within a second", async () => {
  const cancel = new AbortController();
  let at = 0;
  const onProgress = ({ stage }) => {
    if (stage !== "search" || at > 0) return;
    at = performance.now();
    cancel.abort(new Error("enough"));
  };
  await assert.rejects(train(sample, { target: "math_score", effort: "thorough", signal: cancel.signal, onProgress }), /enough/);
  assert.ok(at > 0 && performance.now() - at < 1000);
});

test("what is wrong is named", async () => {
  const of = (source, options) => train(source, options).then(() => null, (error) => error);
  assert.equal((await of("", {})).code, "empty");
  const text = await of("a,b\n1,x\n2,y\n", { target: "b" });
  assert.ok(text instanceof TrainingError && text.code === "not-a-number", text.message);
  assert.deepEqual([text.figures.line, text.figures.column, text.figures.cell], ["2", "b", "x"]);
  assert.equal((await of("a,b\n1,2\n2,2\n3,2\n", { target: "b" })).code, "target-constant");
  assert.equal((await of(sample, { target: "maths" })).code, "bad-settings");
  assert.equal((await of(sample, { config: "target = \"math_score\"\nsearch = 3" })).code, "bad-settings");
  assert.equal((await of("name,town\na,b\nc,d\n", {})).code, "no-target");
});

test("a model that explains too little is refused, with its report", async () => {
  const rows = Array.from({ length: 200 }, (_, row) => `${(row * 7919) % 101},${(row * 104_729) % 97}`);
  const outcome = await train(`a,score\n${rows.join("\n")}\n`, { target: "score", effort: "quick" });
  assert.equal(outcome.failedGates.length, 1);
  assert.deepEqual(Object.keys(outcome.files).sort(), ["report.refused.html", "report.refused.json"]);
});
