import { readRecords } from "./csv.js";
import { ScorecastError, fromCore, fromReader } from "./error.js";
import { folderUrl, loadCore, loadText } from "./load.js";
import { Core } from "./pkg/core.js";
import { BLANK_U16, BLANK_U8, categoryCodes, readSchema } from "./schema.js";

/**
 * @import {
 *   BatchOptions, Columns, CodeArray, CsvOptions, CsvPredictions, CurveOptions, Curves, ErrorCode, EstimateOptions,
 *   Estimates, Explanation, FileSource, Interval, LevelOptions, NumberArray, Prediction, RecordLike, Schema
 * } from "./scorecast-core.js"
 * @import { InitOutput } from "./pkg/core.js"
 */

/** @type {readonly string[]} */
const NONE = Object.freeze([]);
/** Larger numbers are no measurements; as in model-core. */
const MAX_MAGNITUDE = 1e100;
/** What turns into numbers without a choice: BigInt arrays do not. */
const NUMBER_ARRAYS = new Set(
  ["Float64", "Float32", "Int8", "Uint8", "Uint8Clamped", "Int16", "Uint16", "Int32", "Uint32"].map((name) => `${name}Array`),
);

const DEFAULT_LEVEL = 90;
const NO_OPTIONS = Object.freeze({});

/** @param {number} level */
function checkLevel(level) {
  if (level >= 50 && level <= 99) return;
  throw new ScorecastError("wrong-type", "a level is a number from 50 to 99, in percent");
}

export class Predictor {
  /** @type {Core | undefined} */
  #core;
  /** @type {InitOutput} */
  #exports;
  #preprocessorJson;
  /** @type {Schema} */
  #schema;
  /**
   * The index of each column by its name.
   *
   * @type {Map<string, number>}
   */
  #columnIdx;
  #codes;
  /** The record's cells in WebAssembly's memory. */
  #cells = new Float64Array();
  /** The ends of the interval, there too. */
  #ends = new Float64Array();

  /**
   * @param {string | URL} address
   * @param {{ readonly signal?: AbortSignal }} [options]
   */
  static async load(address, { signal } = {}) {
    const folder = folderUrl(address);
    await loadCore();
    const texts = ["preprocessor.json", "model.json"].map((file) => loadText(folder, file, signal));
    const [preprocessor = "", model = ""] = await Promise.all(texts);
    return Predictor.from(preprocessor, model);
  }

  /**
   * @param {string} preprocessorJson
   * @param {string} modelJson
   */
  static async from(preprocessorJson, modelJson) {
    if (typeof preprocessorJson !== "string" || typeof modelJson !== "string") {
      throw new ScorecastError("wrong-type", "expected the texts of preprocessor.json and model.json");
    }
    const exports = await loadCore();
    return new Predictor(exports, preprocessorJson, modelJson);
  }

  /**
   * @param {InitOutput} exports
   * @param {string} preprocessorJson
   * @param {string} modelJson
   */
  constructor(exports, preprocessorJson, modelJson) {
    if (exports?.memory === undefined) {
      throw new ScorecastError("wrong-type", "a predictor is made with Predictor.load or Predictor.from");
    }
    try {
      this.#core = new Core(preprocessorJson, modelJson);
    } catch (line) {
      throw fromCore(line);
    }
    this.#exports = exports;
    this.#preprocessorJson = preprocessorJson;
    this.#schema = readSchema(preprocessorJson);
    this.#columnIdx = new Map(this.#schema.columns.map(({ name }, idx) => [name, idx]));
    this.#codes = categoryCodes(this.#schema);
    this.#view();
  }

  get schema() {
    return this.#schema;
  }

  /**
   * @param {RecordLike} record
   * @param {LevelOptions} [options]
   * @returns {Prediction}
   */
  predict(record, { level = DEFAULT_LEVEL } = NO_OPTIONS) {
    checkLevel(level);
    const imputed = this.#write(record);
    const value = this.#call((core) => core.predictRecord(level));
    return { value, shown: this.#bounded(value), interval: this.#interval(level), imputed };
  }

  /**
   * @param {RecordLike} record
   * @returns {Explanation}
   */
  explain(record) {
    this.#write(record);
    const [baseline = NaN, exact, ...parts] = this.#call((core) => core.explainRecord());
    const contributions = Object.fromEntries(this.#schema.columns.map(({ name }, idx) => [name, parts[idx] ?? NaN]));
    return { baseline, contributions, exact: exact === 1 };
  }

  /**
   * @param {RecordLike} record
   * @param {CurveOptions} [options]
   * @returns {Curves}
   */
  curves(record, { points = 33, level = DEFAULT_LEVEL } = NO_OPTIONS) {
    checkLevel(level);
    if (!Number.isInteger(points) || points < 2 || points > 10_000) {
      throw new ScorecastError("wrong-type", "points are a whole number from 2 to 10000");
    }
    this.#write(record);
    const flat = this.#call((core) => core.curvesOfRecord(points, level));
    let at = 0;
    /** @param {readonly string[] | undefined} values */
    const point = (values) => {
      const [cell = NaN, value = NaN, shown = NaN, low = NaN, high = NaN] = flat.subarray(at, (at += 5));
      const interval = Number.isNaN(low) ? null : { low, high, level };
      return { at: values?.[cell] ?? cell, value, shown, interval };
    };
    const curve = this.#schema.columns.map((column) => {
      const values = column.kind === "categorical" ? column.values : undefined;
      return [column.name, Array.from({ length: flat[at++] ?? 0 }, () => point(values))];
    });
    return Object.fromEntries(curve);
  }

  /**
   * @param {Columns} columns
   * @param {BatchOptions} [options]
   * @returns {Float64Array}
   */
  predictMany(columns, { bounded = false } = {}) {
    this.#open();
    const [arrays, nRows] = this.#checkColumns(columns);
    const values = new Float64Array(nRows);
    this.#eachBlock(arrays, nRows, (core, n) => core.predictRows(n), [values]);
    return bounded ? values.map((value) => this.#bounded(value)) : values;
  }

  /**
   * @param {Columns} columns
   * @param {EstimateOptions} [options]
   * @returns {Estimates}
   */
  estimateMany(columns, { level = DEFAULT_LEVEL } = NO_OPTIONS) {
    this.#open();
    if (typeof level !== "number" || Number.isNaN(level)) {
      throw new ScorecastError("wrong-type", "a level is a number of percent from 50 to 99");
    }
    const [arrays, nRows] = this.#checkColumns(columns);
    const [shown, low, high] = [new Float64Array(nRows), new Float64Array(nRows), new Float64Array(nRows)];
    this.#eachBlock(arrays, nRows, (core, n) => core.estimateRows(n, level), [shown, low, high]);
    for (let row = 0; row < nRows; row += 1) shown[row] = this.#bounded(shown[row] ?? NaN);
    return { shown, low, high };
  }

  /**
   * @param {FileSource} source
   * @param {CsvOptions} [options]
   * @returns {Promise<CsvPredictions>}
   */
  async predictCsv(source, { bounded = false, ...options } = {}) {
    this.#open();
    /** @type {(columns: (Float64Array | Uint16Array)[], nRows: number) => Float64Array} */
    const take = (columns, nRows) => {
      // Values that training has not seen are allowed where ranges are asked for.
      const answers = [new Float64Array(nRows), new Float64Array(nRows), new Float64Array(nRows)];
      this.#eachBlock(columns, nRows, (core, n) => core.estimateRows(n, DEFAULT_LEVEL), answers);
      return answers[0] ?? new Float64Array();
    };
    try {
      const { values, ...rest } = await readRecords(this.#preprocessorJson, this.#schema, source, options, take);
      return { values: bounded ? values.map((value) => this.#bounded(value)) : values, ...rest };
    } catch (problem) {
      throw fromReader(problem);
    }
  }

  free() {
    this.#core?.free();
    this.#core = undefined;
  }

  #open() {
    if (this.#core === undefined) throw new ScorecastError("freed", "this predictor was freed; load it again");
    return this.#core;
  }

  /**
   * What `call` answers, or an error, about the column at `columnIdx` if there is one.
   *
   * @template T
   * @param {(core: Core) => T} call
   * @param {number} [columnIdx]
   * @returns {T}
   */
  #call(call, columnIdx) {
    const core = this.#open();
    try {
      return call(core);
    } catch (line) {
      // What a trap leaves behind is not to be trusted.
      if (line instanceof WebAssembly.RuntimeError) this.#core = undefined;
      throw fromCore(line, columnIdx === undefined ? undefined : this.#schema.columns[columnIdx]?.name);
    }
  }

  #view() {
    const core = this.#open();
    this.#cells = new Float64Array(this.#exports.memory.buffer, core.recordPointer(), this.#codes.length);
    this.#ends = new Float64Array(this.#exports.memory.buffer, core.intervalPointer(), 2);
  }

  /**
   * @param {number} level
   * @returns {Interval | null}
   */
  #interval(level) {
    // Predicting may have moved the memory.
    if (this.#ends.byteLength === 0) this.#view();
    const [low = NaN, high = NaN] = [this.#ends[0], this.#ends[1]];
    return low === low ? { low, high, level } : null;
  }

  /** @param {number} value */
  #bounded(value) {
    const { limits } = this.#schema.target;
    return limits === undefined ? value : Math.min(Math.max(value, limits.min), limits.max);
  }

  /**
   * Writes a record's cells into WebAssembly's memory; returns the names of the columns that are blank.
   *
   * @param {RecordLike} record
   * @returns {readonly string[]}
   */
  #write(record) {
    this.#open();
    if (typeof record !== "object" || record === null || Array.isArray(record)) {
      throw new ScorecastError("wrong-type", "a record is an object such as { column: value }");
    }
    // Memory that grew has moved.
    if (this.#cells.byteLength === 0) this.#view();
    const cells = this.#cells;
    const nColumns = this.#codes.length;
    for (let idx = 0; idx < nColumns; idx += 1) cells[idx] = NaN;
    let nKnown = 0;
    for (const name in record) {
      const idx = this.#columnIdx.get(name);
      if (idx === undefined) {
        // What a careless library put on every object is no column.
        if (Object.hasOwn(record, name)) throw fromCore(this.#call((core) => core.unknownColumn(name)), name);
        continue;
      }
      const value = record[name];
      const codes = this.#codes[idx];
      let cell = codes ? codes.get(/** @type {string} */ (value)) : value;
      if (typeof cell !== "number" || !(Math.abs(cell) <= MAX_MAGNITUDE)) {
        cell = this.#parse(idx, value);
        // Handing a text over may have moved the memory.
        if (this.#cells.byteLength === 0) return this.#write(record);
      }
      cells[idx] = cell;
      if (cell === cell) nKnown += 1;
    }
    return nKnown === nColumns ? NONE : this.#blanks(cells);
  }

  /** @param {Float64Array} cells */
  #blanks(cells) {
    return this.#schema.columns.filter((_, idx) => Number.isNaN(cells[idx])).map(({ name }) => name);
  }

  /**
   * The cell for a value that is neither a finite number for a number nor a known category.
   *
   * @param {number} columnIdx
   * @param {unknown} value
   * @returns {number}
   */
  #parse(columnIdx, value) {
    if (value === null || value === undefined || Number.isNaN(value)) return NaN;
    if (!["string", "number", "bigint"].includes(typeof value)) {
      throw fromCore(this.#call((core) => core.wrongType(columnIdx)), this.#schema.columns[columnIdx]?.name);
    }
    return this.#parseText(columnIdx, String(value));
  }

  /**
   * @param {number} columnIdx
   * @param {string} text
   */
  #parseText(columnIdx, text) {
    return this.#call((core) => core.parseCell(columnIdx, text), columnIdx);
  }

  /**
   * The arrays in the columns' order (undefined where there is none) and how many rows they have.
   *
   * @param {Columns} columns
   * @returns {[(NumberArray | CodeArray | undefined)[], number]}
   */
  #checkColumns(columns) {
    if (typeof columns !== "object" || columns === null || Array.isArray(columns)) {
      throw new ScorecastError("wrong-type", "columns are an object such as { column: Float64Array }");
    }
    /** @type {(NumberArray | CodeArray | undefined)[]} */
    const arrays = this.#codes.map(() => undefined);
    /** @type {number | undefined} */
    let nRows;
    let first = "";
    for (const [name, array] of Object.entries(columns)) {
      const idx = this.#columnIdx.get(name);
      if (idx === undefined) throw fromCore(this.#call((core) => core.unknownColumn(name)), name);
      if (array === undefined) continue;
      this.#checkArray(name, idx, array);
      nRows ??= array.length;
      first ||= name;
      if (array.length !== nRows) {
        const message = `column "${name}" has ${array.length} rows, column "${first}" has ${nRows}`;
        throw new ScorecastError("wrong-length", message, { field: name });
      }
      arrays[idx] = array;
    }
    if (nRows === undefined) throw new ScorecastError("no-columns", "no column was given, so there are no rows");
    return [arrays, nRows];
  }

  /**
   * @param {string} name
   * @param {number} columnIdx
   * @param {unknown} array
   */
  #checkArray(name, columnIdx, array) {
    const kind = Object.prototype.toString.call(array).slice(8, -1);
    const codes = this.#codes[columnIdx];
    if (codes ? kind === "Uint16Array" : NUMBER_ARRAYS.has(kind)) return;
    if (codes && kind === "Uint8Array" && codes.size <= BLANK_U8) return;
    const expected =
      !codes ? "a Float64Array" : codes.size > BLANK_U8 ? "a Uint16Array" : "a Uint8Array or Uint16Array";
    throw new ScorecastError("wrong-type", `column "${name}": expected ${expected}`, { field: name });
  }

  /**
   * Copies block by block to where `run` reads cells, and what it writes into `answers`: values, then both ends.
   *
   * @param {(NumberArray | CodeArray | undefined)[]} arrays
   * @param {number} nRows
   * @param {(core: Core, nRows: number) => number} run
   * @param {Float64Array[]} answers
   */
  #eachBlock(arrays, nRows, run, answers) {
    const core = this.#open();
    const most = core.nRows();
    const pointers = arrays.map((array, idx) => this.#call(() => core.stage(idx, array instanceof Uint16Array)));
    const ends = answers.length > 1 ? this.#call(() => core.endsPointer()) : 0;
    // No call below moves the memory.
    const { buffer } = this.#exports.memory;
    const views = arrays.map((array, idx) => {
      const View = this.#codes[idx] === null ? Float64Array : array instanceof Uint16Array ? Uint16Array : Uint8Array;
      const view = new View(buffer, pointers[idx], most);
      if (array === undefined) view.fill(this.#codes[idx] === null ? NaN : BLANK_U8);
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
      const unusable = this.#call(() => run(core, n));
      if (unusable >= 0) throw this.#unusableCell(arrays, Math.floor(unusable / most), from + (unusable % most));
      for (const { answer, view } of found) answer.set(n === most ? view : view.subarray(0, n), from);
    }
  }

  /**
   * @param {(NumberArray | CodeArray | undefined)[]} arrays
   * @param {number} columnIdx
   * @param {number} row
   */
  #unusableCell(arrays, columnIdx, row) {
    const column = this.#schema.columns[columnIdx];
    const array = arrays[columnIdx];
    const blank = array instanceof Uint16Array ? BLANK_U16 : BLANK_U8;
    /** @type {[ErrorCode, string]} */
    const [code, problem] =
      column?.kind === "categorical"
        ? ["unknown-category", `${array?.[row]} is not a code from 0 to ${column.values.length - 1}; ${blank} is a blank`]
        : ["not-a-number", `${array?.[row]} is not a number from -1e100 to 1e100; NaN is a blank`];
    const field = column?.name;
    return new ScorecastError(code, `column "${field}", row ${row}: ${problem}`, { field, row });
  }
}

if (Symbol.dispose) {
  Object.defineProperty(Predictor.prototype, Symbol.dispose, { value: Predictor.prototype.free });
}
