// How the module uses the reader's results; file formats are tested in the reader, and journeys/tests/files compares
// all with the same records.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { Readable } from "node:stream";
import { test } from "node:test";
import { Predictor, artifacts, predictor, record, refuses, root } from "./common.mjs";

const header = Object.keys(record);
const csv = (...rows) => [header, ...rows].map((cells) => cells.join(",")).join("\n");
const cells = (changed = {}) => Object.values({ ...record, ...changed });
const { value } = predictor.predict(record);

test("a whole file, as text, bytes and streams cut anywhere", async () => {
  const file = path.join(root, "static/sample.csv");
  const text = fs.readFileSync(file, "utf8");
  const all = await predictor.predictCsv(text);
  assert.equal(all.values.length, 1000);
  assert.deepEqual([all.problems, all.remarks, all.ignored], [[], [], ["math_score"]]);
  const [names, ...rows] = text.trimEnd().split(/\r?\n/).map((line) => line.split(","));
  rows.forEach((row, at) => {
    const { math_score: _, ...record } = Object.fromEntries(names.map((name, column) => [name, row[column]]));
    assert.ok(Object.is(all.values[at], predictor.predict(record).value));
  });
  for (const highWaterMark of [7, 1000, 65_536]) {
    const stream = Readable.toWeb(fs.createReadStream(file, { highWaterMark }));
    assert.deepEqual(await predictor.predictCsv(stream), all);
  }
  const bytes = fs.readFileSync(file);
  for (const source of [bytes, new Blob([bytes]), fs.createReadStream(file), text.match(/[^]{1,9}/g)]) {
    assert.deepEqual(await predictor.predictCsv(source), all);
  }
});

test("a letter that is cut in two comes whole", async () => {
  const text = `${csv(cells())}\n`.replace("gender", "note,gender").replace("female", "😀,female");
  const { report, values } = await predictor.predictCsv([...text].flatMap((letter) => letter.split("")));
  assert.deepEqual([[...values], report.notes], [[value], []]);
});

test("more than a block, with a mistake in each million of bytes", async () => {
  const rows = Array.from({ length: 60_000 }, (_, row) => cells({ reading_score: row % 20_000 === 19_999 ? "many" : row % 90 }));
  const { values, problems, report } = await predictor.predictCsv(csv(...rows), { bounded: true });
  assert.deepEqual(problems.map(({ row, line, code }) => [row, line, code]), [
    [19_999, 20_001, "not-a-number"],
    [39_999, 40_001, "not-a-number"],
    [59_999, 60_001, "not-a-number"],
  ]);
  const expected = Array.from({ length: 90 }, (_, score) => predictor.predict({ ...record, reading_score: score }).shown);
  values.forEach((value, row) => assert.equal(value, row % 20_000 === 19_999 ? NaN : expected[row % 90]));
  assert.equal(report.columns.find(({ name }) => name === "reading_score").odd, 3);
});

test("bad rows are listed with line, column and reason, and none is dropped", async () => {
  const text = csv(cells(), cells({ reading_score: "many", lunch: "big" }), ["x", "y"], cells({ writing_score: "1e999" }), cells());
  const { values, problems, remarks } = await predictor.predictCsv(text);
  assert.deepEqual([...values], [value, NaN, NaN, NaN, value]);
  const places = ({ row, line, column, code }) => [row, line, column, code];
  assert.deepEqual(problems.map(places), [
    [1, 3, "reading_score", "not-a-number"],
    [2, 4, undefined, "wrong-length"],
    [3, 5, "writing_score", "not-a-number"],
  ]);
  assert.deepEqual(remarks.map(places), [[1, 3, "lunch", "unknown-category"]]);
  assert.match(problems[0].reason, /"many" is not a number/);
  assert.match(problems[1].reason, /2 cells, the header has 7/);
});

test("what was decided is reported", async () => {
  const text = `Class 7b\n\n${csv(cells({ lunch: "Standard", reading_score: "72%" }), cells({ reading_score: "?" }))}`;
  const { report } = await predictor.predictCsv(text.replace("reading_score", "Reading Score"));
  assert.deepEqual(report.notes.map(({ code, figures }) => [code, figures]), [["header-row", { line: "3", n: "1" }]]);
  const of = (name) => report.columns.find((column) => column.name === name);
  const { notes, ...reading } = of("reading_score");
  const found = { name: "reading_score", found: "Reading Score", kind: "numeric", example: "72%" };
  assert.deepEqual(reading, { ...found, values: 1, blanks: 1, odd: 0, unseen: 0, outside: 0 });
  assert.deepEqual(notes.map(({ code }) => code).sort(), ["blank-words", "percents"]);
  assert.match(of("lunch").notes[0].text, /1 cells are spelled otherwise than in training: "Standard" → "standard"/);
});

test("a file that leaves something open is refused, and answers are heard", async () => {
  const refusal = (text, members, message) => assert.rejects(predictor.predictCsv(text), refuses(members, message));
  const missing = { code: "missing-column", field: "lunch" };
  await refusal(csv(cells()).replace("lunch", "meal"), missing, /column "lunch" is not there; the header has "gender".*"meal"/);
  await refusal(`${csv(cells())}`.replace("lunch", "gender"), { code: "duplicate-column", field: "gender" }, /twice/);
  await refusal("\n\n", { code: "empty-csv" }, /empty/);
  await refusal(new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0, 1, 2, 3]), { code: "no-table" }, /binary/);
  const { values } = await predictor.predictCsv(csv(cells()).replace("lunch", "meal"), { blank: ["lunch"] });
  assert.deepEqual([...values], [predictor.predict({ ...record, lunch: null }).value]);
  const skipped = await predictor.predictCsv(`x,y\n${csv(cells())}`, { skipRows: 1 });
  assert.deepEqual([...skipped.values], [value]);
});

test("a quote that is left open doesn't fill the memory", async () => {
  const pieces = function* () {
    yield `${csv()}\n"`;
    for (;;) yield "x".repeat(1 << 20);
  };
  await assert.rejects(predictor.predictCsv(pieces()), refuses({ code: "endless-row" }, /does not end/));
});

test("a predictor that was freed reads no file", async () => {
  const other = await Predictor.load(artifacts);
  other.free();
  await assert.rejects(other.predictCsv(csv(cells())), refuses({ code: "freed" }, /freed/));
});
