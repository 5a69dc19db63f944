import { eachBlock } from "./blocks.js";
import { cautionOf } from "./caution.js";
import { UNSEEN, typedColumns } from "./columns.js";
import { readRecords } from "./csv.js";
import { ScorecastError, fromCore, fromReader } from "./error.js";
import { folderUrl, loadCore, loadText } from "./load.js";
import { DEFAULT_LEVEL, checkLevel, isAllowed } from "./options.js";
import { Core } from "./pkg/core.js";
import { categoryCodes, dayAfter, readSchema } from "./schema.js";

/**
 * @import {
 *   BatchOptions, Caution, Columns, CodeArray, CsvOptions, CsvPredictions, CurveOptions, Curves, EstimateOptions,
 *   Estimates, Explanation, FileSource, Interval, LoadOptions, NumberArray, Prediction, PredictOptions, RecordLike,
 *   RecordOptions, Rows, Schema, WasmOptions, WasmSource
 * } from "./scorecast-core.js"
 * @import { InitOutput } from "./pkg/core.js"
 */

/** @type {readonly string[]} */
const NONE = Object.freeze([]);
/** Larger numbers are not measurements; as in model-core. */
const MAX_MAGNITUDE = 1e100;

export class Predictor {
  /** @type {Core | undefined} */
  #core;
  /** @type {InitOutput} */
  #exports;
  #preprocessorJson;
  /** @type {Schema} */
  #schema;
  /** The highest level that the model's intervals support. */
  #maxLevel;
  /**
   * The index of each column by its name.
   *
   * @type {Map<string, number>}
   */
  #columnIdx;
  #codes;
  #isDate;
  /** A view of the record's cells in WebAssembly's memory. */
  #cells = new Float64Array();
  /** A view of the interval's ends there. */
  #ends = new Float64Array();
  /** @type {WasmSource | undefined} */
  #readerWasm;

  /**
   * @param {string | URL} address
   * @param {LoadOptions} [options]
   */
  static async load(address, options) {
    const { signal, wasm } = options ?? {};
    const folder = folderUrl(address);
    await loadCore(wasm);
    const preprocessor = loadText(folder, "preprocessor.json", signal);
    const model = loadText(folder, "model.json", signal);
    // If both fail, the error names the first file, whichever response comes first.
    model.catch(() => {});
    return Predictor.from(await preprocessor, await model, options);
  }

  /**
   * @param {string} preprocessorJson
   * @param {string} modelJson
   * @param {WasmOptions} [options]
   */
  static async from(preprocessorJson, modelJson, options) {
    if (typeof preprocessorJson !== "string" || typeof modelJson !== "string") {
      throw new ScorecastError("wrong-type", "expected the texts of preprocessor.json and model.json");
    }
    const { wasm, readerWasm } = options ?? {};
    return new Predictor(await loadCore(wasm), preprocessorJson, modelJson, readerWasm);
  }

  /**
   * @param {InitOutput} exports
   * @param {string} preprocessorJson
   * @param {string} modelJson
   * @param {WasmSource} [readerWasm]
   */
  constructor(exports, preprocessorJson, modelJson, readerWasm) {
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
    this.#maxLevel = this.#core.maxLevel();
    this.#schema = readSchema(preprocessorJson);
    this.#columnIdx = new Map(this.#schema.columns.map(({ name }, idx) => [name, idx]));
    this.#codes = categoryCodes(this.#schema);
    this.#isDate = this.#schema.columns.map(({ kind }) => kind === "date");
    this.#readerWasm = readerWasm;
    this.#view();
    // Bound, because frameworks wrap observed objects in a proxy, which has no access to private members.
    this.predict = this.predict.bind(this);
    this.explain = this.explain.bind(this);
    this.curves = this.curves.bind(this);
    this.predictMany = this.predictMany.bind(this);
    this.estimateMany = this.estimateMany.bind(this);
    this.predictCsv = this.predictCsv.bind(this);
    this.free = this.free.bind(this);
    /** @readonly */
    this.schema = this.#schema;
  }

  /**
   * @param {RecordLike} record
   * @param {PredictOptions} [options]
   * @returns {Prediction}
   */
  predict(record, options) {
    const { level = DEFAULT_LEVEL, unseen = "error", cautions = false } = options ?? {};
    checkLevel(level);
    const imputed = this.#write(record, isAllowed(unseen));
    const value = this.#call((core) => core.predictRecord(level));
    /** @type {Prediction} */
    const prediction = { value, shown: this.#bounded(value), interval: this.#interval(level), imputed };
    return cautions ? { ...prediction, cautions: this.#cautions() } : prediction;
  }

  /**
   * @param {RecordLike} record
   * @param {RecordOptions} [options]
   * @returns {Explanation}
   */
  explain(record, options) {
    this.#write(record, isAllowed((options ?? {}).unseen ?? "error"));
    const [baseline = NaN, exact, ...parts] = this.#call((core) => core.explainRecord());
    const contributions = Object.fromEntries(this.#schema.columns.map(({ name }, idx) => [name, parts[idx] ?? NaN]));
    return { baseline, contributions, exact: exact === 1 };
  }

  /**
   * @param {RecordLike} record
   * @param {CurveOptions} [options]
   * @returns {Curves}
   */
  curves(record, options) {
    const { points = 33, level = DEFAULT_LEVEL, unseen = "error" } = options ?? {};
    checkLevel(level);
    if (!Number.isInteger(points) || points < 2 || points > 10_000) {
      throw new ScorecastError("wrong-type", "points are a whole number from 2 to 10000");
    }
    this.#write(record, isAllowed(unseen));
    const flat = this.#call((core) => core.curvesOfRecord(points, level));
    let at = 0;
    /** @param {(cell: number) => number | string} name */
    const point = (name) => {
      const [cell = NaN, value = NaN, shown = NaN, low = NaN, high = NaN] = flat.subarray(at, (at += 5));
      const interval = Number.isNaN(low) ? null : { low, high, level: Math.min(level, this.#maxLevel) };
      return { at: name(cell), value, shown, interval };
    };
    const curve = this.#schema.columns.map((column) => {
      /** @param {number} cell */
      const called = (cell) => {
        if (column.kind === "categorical") return column.values[cell] ?? cell;
        return column.kind === "date" ? dayAfter(column.last, cell) : cell;
      };
      return [column.name, Array.from({ length: flat[at++] ?? 0 }, () => point(called))];
    });
    return Object.fromEntries(curve);
  }

  /**
   * @param {Columns | Rows} columns
   * @param {BatchOptions} [options]
   * @returns {Float64Array}
   */
  predictMany(columns, options) {
    const { bounded = false, unseen = "error" } = options ?? {};
    const isUnseenAllowed = isAllowed(unseen);
    const [arrays, nRows] = this.#typed(columns, isUnseenAllowed);
    const values = new Float64Array(nRows);
    if (isUnseenAllowed) this.#estimate(arrays, nRows, DEFAULT_LEVEL, values);
    else this.#eachBlock(arrays, nRows, (core, n) => core.predictRows(n), [values]);
    return bounded ? values.map((value) => this.#bounded(value)) : values;
  }

  /**
   * @param {Columns | Rows} columns
   * @param {EstimateOptions} [options]
   * @returns {Estimates}
   */
  estimateMany(columns, options) {
    const { level = DEFAULT_LEVEL, unseen = "other" } = options ?? {};
    checkLevel(level);
    const isUnseenAllowed = isAllowed(unseen);
    const [arrays, nRows] = this.#typed(columns, isUnseenAllowed);
    // Checked before anything is estimated, as in `predictMany`.
    if (!isUnseenAllowed) this.#eachBlock(arrays, nRows, (core, n) => core.predictRows(n), []);
    const shown = new Float64Array(nRows);
    const { low, high } = this.#estimate(arrays, nRows, level, shown);
    for (let row = 0; row < nRows; row += 1) shown[row] = this.#bounded(shown[row] ?? NaN);
    return { shown, low, high };
  }

  /**
   * @param {FileSource} source
   * @param {CsvOptions} [options]
   * @returns {Promise<CsvPredictions>}
   */
  async predictCsv(source, options) {
    this.#open();
    const { bounded = false, unseen = "other", ...reading } = options ?? {};
    const isUnseenAllowed = isAllowed(unseen);
    /** @type {(columns: (Float64Array | Uint16Array)[], nRows: number) => Float64Array} */
    const take = (columns, nRows) => {
      const values = new Float64Array(nRows);
      this.#estimate(columns, nRows, DEFAULT_LEVEL, values);
      return values;
    };
    const file = { source, wasm: this.#readerWasm, isUnseenAllowed };
    try {
      const { values, ...rest } = await readRecords(this.#preprocessorJson, this.#schema, file, reading, take);
      return { values: bounded ? values.map((value) => this.#bounded(value)) : values, ...rest };
    } catch (problem) {
      if (reading.signal?.aborted) throw problem;
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
   * The result of `call`, or an error, about the column at `columnIdx` if there is one.
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
      // The state after a trap can't be trusted.
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
    // Predicting may have grown the memory, which detaches views.
    if (this.#ends.byteLength === 0) this.#view();
    const [low = NaN, high = NaN] = [this.#ends[0], this.#ends[1]];
    return low === low ? { low, high, level: Math.min(level, this.#maxLevel) } : null;
  }

  /** @returns {readonly Caution[]} */
  #cautions() {
    const answer = this.#call((core) => core.cautionsOfRecord());
    return Array.from({ length: answer.length / 5 }, (_, idx) => {
      const [code, columnIdx, ...values] = answer.slice(5 * idx, 5 * idx + 5);
      return cautionOf(code, this.#schema.columns[columnIdx]?.name, values);
    });
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
   * @param {boolean} isUnseenAllowed
   * @returns {readonly string[]}
   */
  #write(record, isUnseenAllowed) {
    this.#open();
    if (typeof record !== "object" || record === null || Array.isArray(record)) {
      throw new ScorecastError("wrong-type", "a record is an object such as { column: value }");
    }
    // Growing the memory detaches views.
    if (this.#cells.byteLength === 0) this.#view();
    const cells = this.#cells;
    const nColumns = this.#codes.length;
    for (let idx = 0; idx < nColumns; idx += 1) cells[idx] = NaN;
    let nKnown = 0;
    for (const name in record) {
      const idx = this.#columnIdx.get(name);
      if (idx === undefined) {
        // Inherited enumerable properties, which some libraries add to every object, are not columns.
        if (Object.hasOwn(record, name)) throw this.#unknownColumn(name);
        continue;
      }
      const value = record[name];
      const codes = this.#codes[idx];
      // Dates are parsed by the core.
      let cell = codes ? codes.get(/** @type {string} */ (value)) : this.#isDate[idx] ? undefined : value;
      if (typeof cell !== "number" || !(Math.abs(cell) <= MAX_MAGNITUDE)) {
        cell = this.#parse(idx, value, isUnseenAllowed);
        // Passing a string may have grown the memory.
        if (this.#cells.byteLength === 0) return this.#write(record, isUnseenAllowed);
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
   * The cell of a value that is neither a finite number in a numeric column nor a known category.
   *
   * @param {number} columnIdx
   * @param {unknown} value
   * @param {boolean} isUnseenAllowed
   * @returns {number}
   */
  #parse(columnIdx, value, isUnseenAllowed) {
    if (value === null || value === undefined || Number.isNaN(value)) return NaN;
    if (!["string", "number", "bigint"].includes(typeof value)) {
      throw fromCore(this.#call((core) => core.wrongType(columnIdx)), this.#schema.columns[columnIdx]?.name);
    }
    try {
      return this.#call((core) => core.parseCell(columnIdx, String(value)), columnIdx);
    } catch (error) {
      if (isUnseenAllowed && error instanceof ScorecastError && error.code === "unknown-category") return UNSEEN;
      throw error;
    }
  }

  /** @param {string} name */
  #unknownColumn(name) {
    return /** @type {Error} */ (fromCore(this.#call((core) => core.unknownColumn(name)), name));
  }

  /**
   * @param {Columns | Rows} columns
   * @param {boolean} isUnseenAllowed
   */
  #typed(columns, isUnseenAllowed) {
    this.#open();
    /** @type {(columnIdx: number, value: unknown, row: number) => number} */
    const parse = (columnIdx, value, row) => {
      try {
        return this.#parse(columnIdx, value, isUnseenAllowed);
      } catch (error) {
        if (!(error instanceof ScorecastError)) throw error;
        throw new ScorecastError(error.code, `row ${row}: ${error.message}`, { field: error.field, row });
      }
    };
    return typedColumns(this.#schema, this.#codes, columns, { unknownColumn: (name) => this.#unknownColumn(name), parse });
  }

  /**
   * Predicts rows, which may have unseen categories, into `values`; returns the ends of their intervals.
   *
   * @param {(NumberArray | CodeArray | undefined)[]} arrays
   * @param {number} nRows
   * @param {number} level
   * @param {Float64Array} values
   */
  #estimate(arrays, nRows, level, values) {
    const [low, high] = [new Float64Array(nRows), new Float64Array(nRows)];
    this.#eachBlock(arrays, nRows, (core, n) => core.estimateRows(n, level), [values, low, high]);
    return { low, high };
  }

  /**
   * @param {(NumberArray | CodeArray | undefined)[]} arrays
   * @param {number} nRows
   * @param {(core: Core, nRows: number) => number} run
   * @param {Float64Array[]} answers
   */
  #eachBlock(arrays, nRows, run, answers) {
    this.#call((core) => eachBlock(core, this.#exports.memory, this.#schema, { arrays, nRows }, run, answers));
  }
}

if (Symbol.dispose) {
  Object.defineProperty(Predictor.prototype, Symbol.dispose, { value: Predictor.prototype.free });
}
