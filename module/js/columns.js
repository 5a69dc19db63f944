import { ScorecastError } from "./error.js";
import { BLANK_U16, BLANK_U8, isBlank } from "./schema.js";

/** @import { CodeArray, Column, Columns, NumberArray, RecordLike, Rows, Schema } from "./scorecast-core.js" */

/** @typedef {ReadonlyMap<string, number> | null | undefined} Codes A column's codes by category; null for numbers. */

/** The code of an unseen category: never one of a column's, see `BLANK_U16`. */
export const UNSEEN = 0xfffe;

/** Typed arrays whose elements are numbers, unlike those of BigInt arrays. */
const NUMBER_ARRAYS = new Set(
  ["Float64", "Float32", "Int8", "Uint8", "Uint8Clamped", "Int16", "Uint16", "Int32", "Uint32"].map((name) => `${name}Array`),
);

/**
 * The typed arrays in the columns' order (undefined for missing ones) and the number of rows.
 *
 * @param {Schema} schema
 * @param {readonly Codes[]} codes
 * @param {Columns | Rows} given
 * @param {{ unknownColumn(name: string): Error, parse(columnIdx: number, value: unknown, row: number): number }} core
 * @returns {[(NumberArray | CodeArray | undefined)[], number]}
 */
export function typedColumns(schema, codes, given, core) {
  if (typeof given !== "object" || given === null) {
    throw new ScorecastError("wrong-type", "expected columns, such as { column: Float64Array }, or an array of records");
  }
  const columns = Array.isArray(given) ? columnsOf(given, core) : given;
  /** @type {(NumberArray | CodeArray | undefined)[]} */
  const arrays = schema.columns.map(() => undefined);
  /** @type {number | undefined} */
  let nRows = Array.isArray(given) ? given.length : undefined;
  let first = "";
  for (const [name, array] of Object.entries(columns)) {
    const idx = schema.columns.findIndex((column) => column.name === name);
    if (idx < 0) throw core.unknownColumn(name);
    if (array === undefined) continue;
    const isDate = schema.columns[idx]?.kind === "date";
    const typed = typedColumn(name, codes[idx], array, isDate, (value, row) => core.parse(idx, value, row));
    nRows ??= typed.length;
    first ||= name;
    if (typed.length !== nRows) {
      const message = `column "${name}" has ${typed.length} rows, column "${first}" has ${nRows}`;
      throw new ScorecastError("wrong-length", message, { field: name });
    }
    arrays[idx] = typed;
  }
  if (nRows === undefined) throw new ScorecastError("no-columns", "no column was given, so there are no rows");
  return [arrays, nRows];
}

/**
 * Converts rows to columns.
 *
 * @param {readonly RecordLike[]} rows
 * @param {{ unknownColumn(name: string): Error }} core
 */
function columnsOf(rows, core) {
  /** @type {{ [column: string]: unknown[] }} */
  const columns = Object.create(null);
  rows.forEach((record, row) => {
    if (typeof record !== "object" || record === null || Array.isArray(record)) {
      throw new ScorecastError("wrong-type", `row ${row}: a record is an object such as { column: value }`, { row });
    }
    for (const name of Object.keys(record)) (columns[name] ??= new Array(rows.length))[row] = record[name];
  });
  return columns;
}

/**
 * @param {string} name
 * @param {Codes} codes
 * @param {unknown} array
 * @param {boolean} isDate
 * @param {(value: unknown, row: number) => number} parse What a cell stands for that is not plain.
 * @returns {NumberArray | CodeArray}
 */
function typedColumn(name, codes, array, isDate, parse) {
  if (Array.isArray(array)) {
    return codes ? encoded(codes, array, parse) : Float64Array.from(array, isDate ? noBlank(parse) : plainNumber(parse));
  }
  const kind = Object.prototype.toString.call(array).slice(8, -1);
  const isCodes = kind === "Uint16Array" || (kind === "Uint8Array" && codes && codes.size <= BLANK_U8);
  if (codes ? isCodes : NUMBER_ARRAYS.has(kind)) return /** @type {NumberArray | CodeArray} */ (array);
  const typed = !codes ? "a Float64Array" : codes.size > BLANK_U8 ? "a Uint16Array" : "a Uint8Array or Uint16Array";
  throw new ScorecastError("wrong-type", `column "${name}": expected ${typed}, or an array of cells`, { field: name });
}

/**
 * Encodes texts as category codes.
 *
 * @param {ReadonlyMap<string, number>} codes
 * @param {readonly unknown[]} texts
 * @param {(value: unknown, row: number) => number} parse
 */
function encoded(codes, texts, parse) {
  const array = new Uint16Array(texts.length);
  // A hole in the array is a blank, which `forEach` would skip.
  for (let row = 0; row < texts.length; row += 1) {
    const text = texts[row];
    const code = codes.get(/** @type {string} */ (text)) ?? (isBlank(text) ? BLANK_U16 : parse(text, row));
    array[row] = Number.isNaN(code) ? BLANK_U16 : code;
  }
  return array;
}

/**
 * @param {(value: unknown, row: number) => number} parse
 * @returns {(value: unknown, row: number) => number}
 */
function noBlank(parse) {
  return (value, row) => (isBlank(value) ? NaN : parse(value, row));
}

/**
 * @param {(value: unknown, row: number) => number} parse
 * @returns {(value: unknown, row: number) => number}
 */
function plainNumber(parse) {
  return (value, row) => (typeof value === "number" ? value : isBlank(value) ? NaN : parse(value, row));
}
