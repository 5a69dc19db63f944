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
