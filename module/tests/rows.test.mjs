// Records instead of columns, texts instead of codes, unseen categories, cautions, and proxies.
import assert from "node:assert/strict";
import { test } from "node:test";
import { golden, predictor, record, refuses } from "./common.mjs";

const records = golden.map(({ record }) => record);
const bits = (values) => [...new BigUint64Array(Float64Array.from(values).buffer)];

test("records, and columns of texts, get the bits of single records", () => {
  const single = bits(records.map((record) => predictor.predict(record).value));
  assert.deepEqual(bits(predictor.predictMany(records)), single);
  const names = predictor.schema.columns.map(({ name }) => name);
  const columns = Object.fromEntries(names.map((name) => [name, records.map((record) => record[name])]));
  assert.deepEqual(bits(predictor.predictMany(columns)), single);
  const { shown } = predictor.estimateMany(records);
  assert.deepEqual(bits(shown), bits(records.map((record) => predictor.predict(record).shown)));
  assert.equal(predictor.predictMany([]).length, 0);
});

test("what a record lacks is a blank, and spellings are those of a single record", () => {
  const some = [record, { reading_score: "72", lunch: null }, {}, { reading_score: 72, gender: "n/a" }];
  assert.deepEqual(bits(predictor.predictMany(some)), bits(some.map((record) => predictor.predict(record).value)));
});

test("the first cell that can't be used is named by its row and column", () => {
  const wrong = [record, { ...record, lunch: "tray" }];
  const refused = refuses({ code: "unknown-category", field: "lunch", row: 1 }, /row 1: .*tray/);
  assert.throws(() => predictor.predictMany(wrong), refused);
  assert.throws(() => predictor.predictMany({ lunch: ["standard", "tray"] }), refused);
  assert.throws(() => predictor.predictMany({ reading_score: [1, "many"] }), refuses({ code: "not-a-number", row: 1 }, /many/));
  assert.throws(() => predictor.predictMany({ reading_score: [1, true] }), refuses({ code: "wrong-type", row: 1 }, /reading_score/));
  assert.throws(() => predictor.predictMany([record, null]), refuses({ code: "wrong-type", row: 1 }, /record/));
  assert.throws(() => predictor.predictMany([{ shoe_size: 3 }]), refuses({ code: "unknown-column" }, /shoe_size/));
});

test("a category that training has not seen is an error, or one of the others where that is asked for", async () => {
  const unseen = { ...record, lunch: "tray" };
  const refused = refuses({ code: "unknown-category", field: "lunch" }, /tray/);
  assert.throws(() => predictor.predict(unseen), refused);
  assert.throws(() => predictor.explain(unseen), refused);
  const { value, interval, imputed } = predictor.predict(unseen, { unseen: "other" });
  assert.deepEqual([imputed, interval.level], [[], 90]);
  assert.notEqual(value, predictor.predict(record).value);
  const header = Object.keys(unseen).join(",");
  const file = `${header}\n${Object.values(unseen).join(",")}\n`;
  const read = await predictor.predictCsv(file);
  const strict = await predictor.predictCsv(file, { unseen: "error" });
  const same = [value, predictor.predictMany([unseen], { unseen: "other" })[0], read.values[0]];
  assert.deepEqual(bits(same), bits([value, value, value]));
  assert.deepEqual([read.problems.length, read.remarks.length], [0, 1]);
  assert.ok(Number.isNaN(strict.values[0]));
  assert.deepEqual([strict.problems[0].code, strict.remarks.length], ["unknown-category", 0]);
  const { contributions, baseline } = predictor.explain(unseen, { unseen: "other" });
  assert.ok(Math.abs(Object.values(contributions).reduce((sum, part) => sum + part, baseline) - value) < 1e-9);
  assert.throws(() => predictor.estimateMany([unseen], { unseen: "error" }), refuses({ row: 0 }, /tray/));
  assert.throws(() => predictor.predict(record, { unseen: "ignore" }), refuses({ code: "wrong-type" }, /unseen/));
});

test("cautions are told where they are asked for", () => {
  assert.equal(predictor.predict(record).cautions, undefined);
  assert.deepEqual(predictor.predict(record, { cautions: true }).cautions, []);
  const odd = { ...record, reading_score: 1e9, lunch: "tray", gender: null };
  const { cautions } = predictor.predict(odd, { cautions: true, unseen: "other" });
  const told = cautions.map(({ code, field }) => `${code} ${field}`).sort();
  assert.deepEqual(told, ["blank gender", "outside-range reading_score", "unseen lunch"]);
  const { observed } = predictor.schema.columns.find(({ name }) => name === "reading_score");
  const outside = { code: "outside-range", field: "reading_score", value: 1e9, min: observed.min, max: observed.max };
  assert.deepEqual(cautions.find(({ code }) => code === "outside-range"), outside);
  assert.equal(cautions.find(({ code }) => code === "blank").imputed, true);
});

test("a level that no interval has is refused everywhere", () => {
  for (const level of [10, 99.9, 200, "90"]) {
    const refused = refuses({ code: "wrong-type" }, /50 to 99/);
    assert.throws(() => predictor.predict(record, { level }), refused);
    assert.throws(() => predictor.estimateMany([record], { level }), refused);
  }
});

test("no options are options, and a predictor works behind a proxy", () => {
  assert.equal(predictor.predict(record, null).value, predictor.predict(record).value);
  const watched = new Proxy(predictor, {});
  assert.equal(watched.predict(record).value, predictor.predict(record).value);
  assert.equal(watched.predictMany([record])[0], predictor.predict(record).value);
  assert.equal(watched.schema, predictor.schema);
});

test("a file comes as a Blob, a Response, bytes or a stream, and reading it can be ended", async () => {
  const text = `${Object.keys(record).join(",")}\n${Object.values(record).join(",")}\n`;
  const expected = bits([predictor.predict(record).value]);
  const bytes = new TextEncoder().encode(text);
  for (const source of [text, bytes, bytes.buffer, new Blob([text]), new Response(text), new Response(text).body, [bytes]]) {
    assert.deepEqual(bits((await predictor.predictCsv(source)).values), expected);
  }
  for (const source of [undefined, null, 5, {}]) {
    await assert.rejects(predictor.predictCsv(source), refuses({ code: "wrong-type" }, /expected a file/));
  }
  await assert.rejects(predictor.predictCsv(new Response("", { status: 404 })), refuses({ code: "read-failed" }, /404/));
  const broken = (async function* () {
    yield "a";
    throw new Error("the disk is gone");
  })();
  await assert.rejects(predictor.predictCsv(broken), refuses({ code: "read-failed" }, /the disk is gone/));
  await assert.rejects(predictor.predictCsv(text, { signal: AbortSignal.abort() }), { name: "AbortError" });
});
