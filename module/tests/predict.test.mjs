import assert from "node:assert/strict";
import { test } from "node:test";
import { Predictor, golden, predictor, read, record, refuses } from "./common.mjs";

test("every golden record gives the bits that training predicted", () => {
  assert.ok(golden.length >= 16);
  for (const { record, value } of golden) assert.ok(Object.is(predictor.predict(record).value, value));
});

test("the schema is plain, frozen and whole", () => {
  const { target, columns } = predictor.schema;
  assert.equal(target.name, "math_score");
  assert.deepEqual(target.limits, { min: 0, max: 100 });
  assert.deepEqual(columns.map(({ name }) => name), Object.keys(record));
  assert.deepEqual(columns[3].values, ["free/reduced", "standard"]);
  assert.deepEqual([columns[3].kind, columns[5].kind, columns[5].median], ["categorical", "numeric", 69]);
  assert.throws(() => (columns[3].values[0] = "x"), TypeError);
});

test("blanks are imputed, and said to be", () => {
  const { imputed, value } = predictor.predict({ ...record, lunch: null, reading_score: NaN, gender: "n/a" });
  assert.deepEqual(imputed, ["gender", "lunch", "reading_score"]);
  assert.equal(predictor.predict({ ...record, gender: "male", reading_score: 69 }).value, value);
  assert.deepEqual(predictor.predict(record).imputed, []);
  assert.equal(predictor.predict({}).imputed.length, 7);
  assert.deepEqual(predictor.predict({ ...record, lunch: undefined }).imputed, ["lunch"]);
});

test("intervals hold the estimate and grow with their level", () => {
  const [narrow, usual, wide] = [50, undefined, 99].map((level) => predictor.predict(record, { level }));
  assert.equal(usual.interval.level, 90);
  assert.deepEqual(predictor.predict(record), usual);
  const width = ({ interval: { low, high } }) => high - low;
  assert.ok(width(narrow) < width(usual) && width(usual) < width(wide));
  assert.ok(narrow.interval.low < narrow.shown && narrow.shown < narrow.interval.high);
  const { interval } = predictor.predict({ ...record, reading_score: 100, writing_score: 100 });
  assert.ok(interval.high <= 100);
  for (const level of [49, 100, NaN, "x", null]) {
    assert.throws(() => predictor.predict(record, { level }), refuses({ code: "wrong-type" }, /50 to 99/));
  }
});

test("contributions add up to the value, and the most usual record has small ones", () => {
  for (const { record } of golden) {
    const { baseline, contributions, exact } = predictor.explain(record);
    const sum = Object.values(contributions).reduce((sum, part) => sum + part, baseline);
    assert.ok(exact && Math.abs(sum - predictor.predict(record).value) < 1e-9);
    assert.deepEqual(Object.keys(contributions), predictor.schema.columns.map(({ name }) => name));
  }
  const by = (reading_score) => predictor.explain({ ...record, reading_score }).contributions.reading_score;
  assert.ok(by(40) < by(90));
  assert.throws(() => predictor.explain({ lunch: "big" }), refuses({ code: "unknown-category", field: "lunch" }, /big/));
});

test("curves pass through the record's own prediction", () => {
  const { value, shown, interval } = predictor.predict(record);
  const curves = predictor.curves(record, { points: 200 });
  assert.deepEqual(Object.keys(curves), Object.keys(record));
  for (const [name, points] of Object.entries(curves)) {
    const own = points.find(({ at }) => at === record[name]);
    assert.deepEqual(own, { at: record[name], value, shown, interval }, name);
    for (const { at, value } of points) assert.equal(predictor.predict({ ...record, [name]: at }).value, value);
  }
  const { observed } = predictor.schema.columns[5];
  const few = predictor.curves(record, { points: 5, level: 60 }).reading_score;
  assert.deepEqual([few.length, few[0].at, few[4].at, few[0].interval.level], [5, observed.min, observed.max, 60]);
  for (const points of [1, 2.5, "many", 1e9]) {
    assert.throws(() => predictor.curves(record, { points }), refuses({ code: "wrong-type" }, /points/));
  }
});

test("texts are read as the trainer reads them", () => {
  const { value } = predictor.predict(record);
  assert.equal(predictor.predict({ ...record, reading_score: " 72 ", lunch: " standard " }).value, value);
  assert.equal(predictor.predict({ ...record, reading_score: 72n }).value, value);
});

test("what is shown stays within the target's limits", () => {
  const far = { ...record, reading_score: 400, writing_score: 400 };
  const { value, shown } = predictor.predict(far);
  assert.ok(value > 100 && shown === 100);
  assert.equal(predictor.predict({ ...far, reading_score: -400, writing_score: -400 }).shown, 0);
});

test("a cell that can't be used is named with its column and what would do", () => {
  const wrong = (cells) => () => predictor.predict({ ...record, ...cells });
  const number = refuses({ code: "not-a-number", field: "reading_score" }, /"many" is not a number; write one such as 69/);
  assert.throws(wrong({ reading_score: "many" }), number);
  assert.throws(wrong({ reading_score: Infinity }), refuses({ code: "not-a-number", field: "reading_score" }, /Infinity/));
  const category = refuses({ code: "unknown-category", field: "lunch" }, /"big" is not among .*free\/reduced, standard/);
  assert.throws(wrong({ lunch: "big" }), category);
  assert.throws(wrong({ lunch: 1 }), refuses({ code: "unknown-category", field: "lunch" }, /"1" is not among/));
  for (const value of [true, {}, [], Symbol("x"), () => 1]) {
    assert.throws(wrong({ lunch: value }), refuses({ code: "wrong-type", field: "lunch" }, /expected a number, a text/));
    assert.throws(wrong({ reading_score: value }), refuses({ code: "wrong-type", field: "reading_score" }, /expected/));
  }
  assert.throws(wrong({ shoe_size: 42 }), refuses({ code: "unknown-column", field: "shoe_size" }, /no such column.*lunch/));
  for (const value of [null, undefined, "text", 5, []]) {
    assert.throws(() => predictor.predict(value), refuses({ code: "wrong-type" }, /a record is an object/));
  }
});

test("a mistake leaves nothing behind", () => {
  const { value } = predictor.predict(record);
  assert.throws(() => predictor.predict({ reading_score: 1, lunch: "big" }));
  assert.equal(predictor.predict(record).value, value);
});

test("predictors don't disturb one another, also when memory grows", async () => {
  const { value } = predictor.predict(record);
  const others = [];
  for (let count = 0; count < 40; count += 1) {
    const other = await Predictor.from(read("preprocessor.json"), read("model.json"));
    other.predictMany({ reading_score: new Float64Array(5000) });
    others.push(other);
  }
  assert.throws(() => predictor.predict({ ...record, lunch: "x".repeat(5_000_000) }), refuses({ field: "lunch" }, /xxx/));
  assert.equal(predictor.predict(record).value, value);
  for (const other of others) {
    assert.equal(other.predict(record).value, value);
    other.free();
  }
  assert.equal(predictor.predict(record).value, value);
});

test("what was freed says so", async () => {
  const other = await Predictor.from(read("preprocessor.json"), read("model.json"));
  other[Symbol.dispose]();
  other.free();
  const freed = refuses({ code: "freed" }, /freed/);
  assert.throws(() => other.predict(record), freed);
  assert.throws(() => other.predictMany({ reading_score: new Float64Array(1) }), freed);
  await assert.rejects(other.predictCsv("a\n"), freed);
  assert.equal(other.schema.columns.length, 7);
});
