import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { Readable } from "node:stream";
import { test } from "node:test";
import { predictor, record, refuses, root } from "./common.mjs";

const header = Object.keys(record);
const csv = (...rows) => [header, ...rows].map((cells) => cells.join(",")).join("\n");
const cells = (changed = {}) => Object.values({ ...record, ...changed });
const { value } = predictor.predict(record);

test("a whole file, as text and as streams cut anywhere", async () => {
  const file = path.join(root, "static/sample.csv");
  const text = fs.readFileSync(file, "utf8");
  const all = await predictor.predictCsv(text);
  assert.equal(all.values.length, 1000);
  assert.deepEqual([all.problems, all.ignored], [[], ["math_score"]]);
  const [names, ...rows] = text.trimEnd().split(/\r?\n/).map((line) => line.split(","));
  rows.forEach((row, at) => {
    const { math_score: _, ...record } = Object.fromEntries(names.map((name, column) => [name, row[column]]));
    assert.ok(Object.is(all.values[at], predictor.predict(record).value));
  });
  for (const highWaterMark of [7, 1000, 65_536]) {
    const stream = Readable.toWeb(fs.createReadStream(file, { highWaterMark }));
    assert.deepEqual(await predictor.predictCsv(stream), all);
  }
  assert.deepEqual(await predictor.predictCsv(fs.createReadStream(file)), all);
  assert.deepEqual(await predictor.predictCsv(text.match(/[^]{1,9}/g)), all);
});

test("columns in any order, more columns, quotes, line ends, a byte order mark", async () => {
  const shuffled = [...header].reverse();
  const quoted = shuffled.map((name) => `"${String(record[name]).replaceAll('"', '""')}"`);
  for (const end of ["\n", "\r\n", "\r"]) {
    const text = `\ufeff${[...shuffled, "note"].join(",")}${end}${quoted.join(",")},"a ""b"", c\n\nd"${end}${end}${quoted.join(",")},${end}`;
    for (const source of [text, [...text]]) {
      const { values, ignored, problems } = await predictor.predictCsv(source);
      assert.deepEqual([[...values], ignored, problems], [[value, value], ["note"], []]);
    }
  }
  const semicolons = csv(cells()).replaceAll(",", ";");
  assert.deepEqual([...(await predictor.predictCsv(semicolons, { delimiter: ";" })).values], [value]);
});

test("bad rows are listed with line, column and reason, and none is dropped", async () => {
  const text = csv(
    cells(),
    cells({ reading_score: "many", lunch: "big" }),
    ["x", "y"],
    cells({ writing_score: "1e999" }),
    cells({ gender: '"fe\nmale"' }),
    cells({ gender: '"female"s' }),
    cells(),
    [...cells().slice(0, -1), '"74'],
  );
  const { values, problems } = await predictor.predictCsv(text);
  assert.deepEqual([...values], [value, NaN, NaN, NaN, NaN, NaN, value, NaN]);
  const places = problems.map(({ row, line, column, code }) => [row, line, column, code]);
  assert.deepEqual(places, [
    [1, 3, "lunch", "unknown-category"],
    [1, 3, "reading_score", "not-a-number"],
    [2, 4, undefined, "wrong-length"],
    [3, 5, "writing_score", "not-a-number"],
    [4, 6, "gender", "unknown-category"],
    [5, 8, undefined, "malformed-row"],
    [7, 10, undefined, "malformed-row"],
  ]);
  assert.match(problems[1].reason, /"many" is not a number/);
  assert.match(problems[2].reason, /2 cells, the header has 7/);
  assert.match(problems[5].reason, /s follows a closing quote/);
  assert.match(problems[6].reason, /never closed/);
});

test("blanks are imputed", async () => {
  const { values, problems } = await predictor.predictCsv(csv(cells({ lunch: "", reading_score: "NA" }), ",,,,,,".split(",")));
  assert.deepEqual(problems, []);
  const blanks = predictor.predict({ ...record, lunch: null, reading_score: null });
  assert.deepEqual([...values], [blanks.value, predictor.predict({}).value]);
});

test("more rows than a block, with mistakes at its edges", async () => {
  const rows = Array.from({ length: 9000 }, (_, row) => cells(row % 4096 === 4095 ? { reading_score: "?" } : { reading_score: row % 90 }));
  const { values, problems } = await predictor.predictCsv(csv(...rows), { bounded: true });
  assert.deepEqual(problems.map(({ row, line }) => [row, line]), [[4095, 4097], [8191, 8193]]);
  const expected = (row) => predictor.predict({ ...record, reading_score: row % 90 }).shown;
  values.forEach((value, row) => assert.equal(value, row % 4096 === 4095 ? NaN : expected(row)));
});

test("a header that doesn't name the columns exactly is refused", async () => {
  const refusal = (text, members, message) => assert.rejects(predictor.predictCsv(text), refuses(members, message));
  const missing = { code: "missing-column", field: "lunch" };
  await refusal(csv().replace("lunch", "Lunch"), missing, /column "lunch" is not there; the header has "gender".*"Lunch"/);
  await refusal(csv().replaceAll(",", ";"), { code: "missing-column" }, /is "," the delimiter\?/);
  await refusal(`${csv()},lunch`, { code: "duplicate-column", field: "lunch" }, /2 times/);
  await refusal("\n\n", { code: "empty-csv" }, /empty/);
  await refusal('"gender', { code: "malformed-row" }, /never closed/);
  await assert.rejects(predictor.predictCsv(csv(), { delimiter: "--" }), refuses({ code: "wrong-type" }, /delimiter/));
});

test("a quote that is left open doesn't fill the memory", async () => {
  const pieces = function* () {
    yield `${csv()}\n"`;
    for (;;) yield "x".repeat(1 << 20);
  };
  await assert.rejects(predictor.predictCsv(pieces()), refuses({ code: "endless-row" }, /line 2/));
});
