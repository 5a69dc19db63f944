import assert from "node:assert/strict";
import { test } from "node:test";
import { predictor, refuses } from "./common.mjs";

const N = 10_007;
const { columns } = predictor.schema;

/** Cells of N rows with some blanks, as arrays; `Codes` is the array type for categories. */
function draw(Codes) {
  const blank = 2 ** (8 * Codes.BYTES_PER_ELEMENT) - 1;
  const cells = (column, at) => (row) => {
    const draw = (row * 7919 + at * 104729) % 1009;
    if (draw % 11 === 0) return column.kind === "numeric" ? NaN : blank;
    return column.kind === "numeric" ? draw / 7 : draw % column.values.length;
  };
  const array = (column, at) =>
    (column.kind === "numeric" ? Float64Array : Codes).from({ length: N }, (_, row) => cells(column, at)(row));
  return Object.fromEntries(columns.map((column, at) => [column.name, array(column, at)]));
}

function record(arrays, row) {
  const cell = ({ name, kind, values }) => (kind === "numeric" ? arrays[name][row] : values[arrays[name][row]]);
  return Object.fromEntries(columns.map((column) => [column.name, cell(column)]));
}

for (const Codes of [Uint8Array, Uint16Array]) {
  test(`many rows get the bits of single rows, with codes in a ${Codes.name}`, () => {
    const arrays = draw(Codes);
    const values = predictor.predictMany(arrays);
    assert.ok(values instanceof Float64Array && values.length === N);
    values.forEach((value, row) => assert.ok(Object.is(value, predictor.predict(record(arrays, row)).value), `${row}`));
  });
}

test("a column that is left out is blank in every row", () => {
  const { lunch, ...others } = draw(Uint8Array);
  const blank = new Uint8Array(N).fill(255);
  assert.deepEqual(predictor.predictMany(others), predictor.predictMany({ ...others, lunch: blank }));
  assert.deepEqual(predictor.predictMany({ ...others, lunch: undefined }), predictor.predictMany(others));
  assert.notDeepEqual(predictor.predictMany(others), predictor.predictMany({ ...others, lunch }));
});

test("numbers may come in other arrays, and views of arrays", () => {
  const scores = Float64Array.from([10, 20, 30, 40]);
  const expected = predictor.predictMany({ reading_score: scores });
  assert.deepEqual(predictor.predictMany({ reading_score: Int16Array.from(scores) }), expected);
  assert.deepEqual(predictor.predictMany({ reading_score: Float32Array.from(scores) }), expected);
  assert.deepEqual(predictor.predictMany({ reading_score: scores.subarray(1, 3) }), expected.slice(1, 3));
  assert.equal(predictor.predictMany({ reading_score: new Float64Array(0) }).length, 0);
});

test("bounded values stay within the target's limits", () => {
  const columns = { reading_score: Float64Array.of(-900, 60, 900), writing_score: Float64Array.of(-900, 60, 900) };
  const [low, middle, high] = predictor.predictMany(columns, { bounded: true });
  assert.deepEqual([low, high], [0, 100]);
  assert.equal(middle, predictor.predictMany(columns)[1]);
});

test("estimates are bounded, and lie within intervals that widen with the level", () => {
  const arrays = draw(Uint8Array);
  const { shown, low, high } = predictor.estimateMany(arrays);
  assert.deepEqual(shown, predictor.predictMany(arrays, { bounded: true }));
  const wide = predictor.estimateMany(arrays, { level: 99 });
  assert.deepEqual(wide.shown, shown);
  for (let row = 0; row < N; row += 1) {
    assert.ok(0 <= low[row] && low[row] <= shown[row] && shown[row] <= high[row] && high[row] <= 100, `${row}`);
    assert.ok(wide.low[row] <= low[row] && high[row] <= wide.high[row], `${row}`);
  }
  assert.ok(low.filter((end, row) => wide.low[row] < end).length > N / 2);
  assert.throws(() => predictor.estimateMany(arrays, { level: "90" }), refuses({ code: "wrong-type" }, /level/));
});

test("a code that is none of the column's is estimated as a category never seen", () => {
  const one = (lunch) => ({ lunch, reading_score: new Float64Array(lunch.length).fill(60) });
  const { shown } = predictor.estimateMany(one(Uint8Array.of(0, 1, 2, 254, 255)));
  assert.equal(shown[2], shown[3]);
  assert.ok(![shown[0], shown[1]].includes(shown[2]), `${shown}`);
  assert.deepEqual(predictor.estimateMany(one(Uint16Array.of(0, 1, 2, 254, 65535))).shown, shown);
  const infinite = { reading_score: Float64Array.of(1, Infinity) };
  assert.throws(() => predictor.estimateMany(infinite), refuses({ code: "not-a-number", row: 1 }, /Infinity/));
});

test("a cell that can't be used is named with column and row, in every block", () => {
  for (const row of [0, 4095, 4096, N - 1]) {
    const arrays = draw(Uint8Array);
    arrays.lunch[row] = 2;
    const code = refuses({ code: "unknown-category", field: "lunch", row }, /column "lunch", row \d+: 2 is not a code from 0 to 1/);
    assert.throws(() => predictor.predictMany(arrays), code);
    arrays.lunch[row] = 1;
    arrays.writing_score[row] = -Infinity;
    const number = refuses({ code: "not-a-number", field: "writing_score", row }, /-Infinity is not a number from -1e100 to 1e100/);
    assert.throws(() => predictor.predictMany(arrays), number);
  }
});

test("arrays that don't fit are named", () => {
  const wrong = (columns) => () => predictor.predictMany(columns);
  const type = (field) => refuses({ code: "wrong-type", field }, /expected a/);
  assert.throws(wrong({ lunch: new Float64Array(1) }), type("lunch"));
  assert.throws(wrong({ lunch: "standard" }), type("lunch"));
  assert.throws(wrong({ reading_score: new BigInt64Array(1) }), type("reading_score"));
  assert.throws(wrong({ shoe_size: new Float64Array(1) }), refuses({ code: "unknown-column", field: "shoe_size" }, /no such/));
  const lengths = { reading_score: new Float64Array(2), writing_score: new Float64Array(3) };
  assert.throws(wrong(lengths), refuses({ code: "wrong-length", field: "writing_score" }, /has 3 rows.*has 2/));
  assert.throws(wrong({}), refuses({ code: "no-columns" }, /no column/));
  for (const columns of [null, undefined, 3]) assert.throws(wrong(columns), refuses({ code: "wrong-type" }, /columns/));
});
