import { ScorecastError } from "./error.js";
import { BLANK_U16, BLANK_U8 } from "./schema.js";

/**
 * @import { CodeArray, Column, ErrorCode, NumberArray, Schema } from "./scorecast-core.js"
 * @import { Core } from "./pkg/core.js"
 *
 * @typedef {NumberArray | CodeArray | undefined} Cells One column's; undefined for blanks alone.
 */

/**
 * Copies rows block by block to where `run` reads cells, and its results into `answers`: values, then both ends.
 *
 * @param {Core} core
 * @param {WebAssembly.Memory} memory
 * @param {Schema} schema
 * @param {{ arrays: Cells[], nRows: number }} rows
 * @param {(core: Core, nRows: number) => number} run
 * @param {Float64Array[]} answers
 */
export function eachBlock(core, memory, schema, { arrays, nRows }, run, answers) {
  const most = core.nRows();
  const pointers = arrays.map((array, idx) => core.stage(idx, array instanceof Uint16Array));
  const ends = answers.length > 1 ? core.endsPointer() : 0;
  // No call below moves the memory.
  const { buffer } = memory;
  const views = arrays.map((array, idx) => {
    const isNumeric = schema.columns[idx]?.kind !== "categorical";
    const View = isNumeric ? Float64Array : array instanceof Uint16Array ? Uint16Array : Uint8Array;
    const view = new View(buffer, pointers[idx], most);
    if (array === undefined) view.fill(isNumeric ? NaN : BLANK_U8);
    return view;
  });
  const sources = [core.valuesPointer(), ends, ends + 8 * most];
  const found = answers.map((answer, idx) => ({ answer, view: new Float64Array(buffer, sources[idx], most) }));
  for (let from = 0; from < nRows; from += most) {
    const n = Math.min(most, nRows - from);
    for (let idx = 0; idx < arrays.length; idx += 1) {
      const array = arrays[idx];
      if (array !== undefined) views[idx]?.set(n === array.length ? array : array.subarray(from, from + n));
    }
    const unusable = run(core, n);
    if (unusable >= 0) {
      const columnIdx = Math.floor(unusable / most);
      throw unusableCell(schema.columns[columnIdx], arrays[columnIdx], from + (unusable % most));
    }
    for (const { answer, view } of found) answer.set(n === most ? view : view.subarray(0, n), from);
  }
}

/**
 * @param {Column | undefined} column
 * @param {Cells} array
 * @param {number} row
 */
function unusableCell(column, array, row) {
  const blank = array instanceof Uint16Array ? BLANK_U16 : BLANK_U8;
  /** @type {[ErrorCode, string]} */
  const [code, problem] =
    column?.kind === "categorical"
      ? ["unknown-category", `${array?.[row]} is not a code from 0 to ${column.values.length - 1}; ${blank} is a blank`]
      : ["not-a-number", `${array?.[row]} is not a number from -1e100 to 1e100; NaN is a blank`];
  const field = column?.name;
  return new ScorecastError(code, `column "${field}", row ${row}: ${problem}`, { field, row });
}
