const NONE = Object.freeze([]);
const BLANK_U8 = 0xff;
const BLANK_U16 = 0xffff;
/** Larger numbers are no measurements; as in model-core. */
const MAX_MAGNITUDE = 1e100;
/** What turns into numbers without a choice: BigInt arrays do not. */
const NUMBER_ARRAYS = new Set(
  ["Float64", "Float32", "Int8", "Uint8", "Uint8Clamped", "Int16", "Uint16", "Int32", "Uint32"].map((name) => `${name}Array`),
);

const DEFAULT_LEVEL = 90;
const NO_OPTIONS = Object.freeze({});

function checkLevel(level) {
  if (level >= 50 && level <= 99) return;
  throw new ScorecastError("wrong-type", "a level is a number from 50 to 99, in percent");
}

class Predictor {
  #core;
  #exports;
  #schema;
  /** The place of each column by its name. */
  #places;
  #codes;
  /** The record's cells in WebAssembly's memory. */
  #cells;
  /** The ends of the interval, there too. */
  #ends;

  static async load(address, { signal } = {}) {
    const [folder] = await Promise.all([folderUrl(address), loadCore()]);
    const file = (name) => loadText(folder, name, signal);
    return Predictor.from(...(await Promise.all([file("preprocessor.json"), file("model.json")])));
  }

  static async from(preprocessorJson, modelJson) {
    if (typeof preprocessorJson !== "string" || typeof modelJson !== "string") {
      throw new ScorecastError("wrong-type", "expected the texts of preprocessor.json and model.json");
    }
    const exports = await loadCore();
    return new Predictor(exports, preprocessorJson, modelJson);
  }

  constructor(exports, preprocessorJson, modelJson) {
    if (exports?.memory === undefined) {
      throw new ScorecastError("wrong-type", "a predictor is made with Predictor.load or Predictor.from");
    }
    try {
      this.#core = new wasm_bindgen.Core(preprocessorJson, modelJson);
    } catch (line) {
      throw fromCore(line);
    }
    this.#exports = exports;
    this.#schema = readSchema(preprocessorJson);
    this.#places = new Map(this.#schema.columns.map(({ name }, place) => [name, place]));
    this.#codes = categoryCodes(this.#schema);
    this.#view();
  }

  get schema() {
    return this.#schema;
  }

  predict(record, { level = DEFAULT_LEVEL } = NO_OPTIONS) {
    checkLevel(level);
    const imputed = this.#write(record);
    const value = this.#call((core) => core.predictRecord(level));
    return { value, shown: this.#bounded(value), interval: this.#interval(level), imputed };
  }

  explain(record) {
    this.#write(record);
    const [baseline, exact, ...parts] = this.#call((core) => core.explainRecord());
    const contributions = Object.fromEntries(this.#schema.columns.map(({ name }, place) => [name, parts[place]]));
    return { baseline, contributions, exact: exact === 1 };
  }

  curves(record, { points = 33, level = DEFAULT_LEVEL } = NO_OPTIONS) {
    checkLevel(level);
    if (!Number.isInteger(points) || points < 2 || points > 10_000) {
      throw new ScorecastError("wrong-type", "points are a whole number from 2 to 10000");
    }
    this.#write(record);
    const flat = this.#call((core) => core.curvesOfRecord(points, level));
    let at = 0;
    const point = (values) => {
      const [cell, value, shown, low, high] = flat.subarray(at, (at += 5));
      const interval = Number.isNaN(low) ? null : { low, high, level };
      return { at: values === undefined ? cell : values[cell], value, shown, interval };
    };
    const curve = ({ values }) => Array.from({ length: flat[at++] }, () => point(values));
    return Object.fromEntries(this.#schema.columns.map((column) => [column.name, curve(column)]));
  }

  predictMany(columns, { bounded = false } = {}) {
    this.#open();
    const [arrays, nRows] = this.#checkColumns(columns);
    const values = new Float64Array(nRows);
    this.#eachBlock(arrays, nRows, (core, n) => core.predictRows(n), [values]);
    return bounded ? values.map((value) => this.#bounded(value)) : values;
  }

  estimateMany(columns, { level = DEFAULT_LEVEL } = NO_OPTIONS) {
    this.#open();
    if (typeof level !== "number" || Number.isNaN(level)) {
      throw new ScorecastError("wrong-type", "a level is a number of percent from 50 to 99");
    }
    const [arrays, nRows] = this.#checkColumns(columns);
    const [shown, low, high] = Array.from({ length: 3 }, () => new Float64Array(nRows));
    this.#eachBlock(arrays, nRows, (core, n) => core.estimateRows(n, level), [shown, low, high]);
    for (let row = 0; row < nRows; row += 1) shown[row] = this.#bounded(shown[row]);
    return { shown, low, high };
  }

  async predictCsv(source, { delimiter = ",", bounded = false } = {}) {
    this.#open();
    const file = new CsvPrediction(this, this.#schema, delimiter, (place, text) => this.#parseText(place, text));
    const rows = new CsvRows(delimiter, (...row) => file.add(...row));
    let isFirst = true;
    for await (const piece of pieces(source)) {
      rows.push(isFirst ? piece.replace(/^\ufeff/, "") : piece, false);
      isFirst = false;
    }
    rows.push("", true);
    const { values, ...rest } = file.finish();
    return { values: bounded ? values.map((value) => this.#bounded(value)) : values, ...rest };
  }

  free() {
    this.#core?.free();
    this.#core = undefined;
  }

  #open() {
    if (this.#core === undefined) throw new ScorecastError("freed", "this predictor was freed; load it again");
  }

  /** What `call` answers, or an error, about the column at `place` if there is one. */
  #call(call, place) {
    try {
      return call(this.#core);
    } catch (line) {
      // What a trap leaves behind is not to be trusted.
      if (line instanceof WebAssembly.RuntimeError) this.#core = undefined;
      throw fromCore(line, this.#schema.columns[place]?.name);
    }
  }

  #view() {
    this.#cells = new Float64Array(this.#exports.memory.buffer, this.#core.recordPointer(), this.#codes.length);
    this.#ends = new Float64Array(this.#exports.memory.buffer, this.#core.intervalPointer(), 2);
  }

  #interval(level) {
    // Predicting may have moved the memory.
    if (this.#ends.byteLength === 0) this.#view();
    const [low, high] = [this.#ends[0], this.#ends[1]];
    return low === low ? { low, high, level } : null;
  }

  #bounded(value) {
    const { limits } = this.#schema.target;
    return limits === undefined ? value : Math.min(Math.max(value, limits.min), limits.max);
  }

  /** Writes a record's cells into WebAssembly's memory; returns the names of the columns that are blank. */
  #write(record) {
    this.#open();
    if (typeof record !== "object" || record === null || Array.isArray(record)) {
      throw new ScorecastError("wrong-type", "a record is an object such as { column: value }");
    }
    // Memory that grew has moved.
    if (this.#cells.byteLength === 0) this.#view();
    const cells = this.#cells;
    const nColumns = this.#codes.length;
    for (let place = 0; place < nColumns; place += 1) cells[place] = NaN;
    let nKnown = 0;
    for (const name in record) {
      const place = this.#places.get(name);
      if (place === undefined) {
        // What a careless library put on every object is no column.
        if (Object.hasOwn(record, name)) throw fromCore(this.#call((core) => core.unknownColumn(name)), name);
        continue;
      }
      const value = record[name];
      const codes = this.#codes[place];
      let cell = codes === null ? value : codes.get(value);
      if (typeof cell !== "number" || !(Math.abs(cell) <= MAX_MAGNITUDE)) {
        cell = this.#parse(place, value);
        // Handing a text over may have moved the memory.
        if (this.#cells.byteLength === 0) return this.#write(record);
      }
      cells[place] = cell;
      if (cell === cell) nKnown += 1;
    }
    return nKnown === nColumns ? NONE : this.#blanks(cells);
  }

  #blanks(cells) {
    return this.#schema.columns.filter((_, place) => Number.isNaN(cells[place])).map(({ name }) => name);
  }

  /** The cell for a value that is neither a finite number for a number nor a known category. */
  #parse(place, value) {
    if (value === null || value === undefined || Number.isNaN(value)) return NaN;
    if (!["string", "number", "bigint"].includes(typeof value)) {
      throw fromCore(this.#call((core) => core.wrongType(place)), this.#schema.columns[place].name);
    }
    return this.#parseText(place, String(value));
  }

  #parseText(place, text) {
    return this.#call((core) => core.parseCell(place, text), place);
  }

  /** The arrays in the columns' order (undefined where there is none) and how many rows they have. */
  #checkColumns(columns) {
    if (typeof columns !== "object" || columns === null || Array.isArray(columns)) {
      throw new ScorecastError("wrong-type", "columns are an object such as { column: Float64Array }");
    }
    const arrays = this.#codes.map(() => undefined);
    let [nRows, first] = [undefined, ""];
    for (const [name, array] of Object.entries(columns)) {
      const place = this.#places.get(name);
      if (place === undefined) throw fromCore(this.#call((core) => core.unknownColumn(name)), name);
      if (array === undefined) continue;
      this.#checkArray(name, place, array);
      nRows ??= array.length;
      first ||= name;
      if (array.length !== nRows) {
        const message = `column "${name}" has ${array.length} rows, column "${first}" has ${nRows}`;
        throw new ScorecastError("wrong-length", message, { field: name });
      }
      arrays[place] = array;
    }
    if (nRows === undefined) throw new ScorecastError("no-columns", "no column was given, so there are no rows");
    return [arrays, nRows];
  }

  #checkArray(name, place, array) {
    const kind = Object.prototype.toString.call(array).slice(8, -1);
    const codes = this.#codes[place];
    if (codes === null ? NUMBER_ARRAYS.has(kind) : kind === "Uint16Array") return;
    if (codes !== null && kind === "Uint8Array" && codes.size <= BLANK_U8) return;
    const expected =
      codes === null ? "a Float64Array" : codes.size > BLANK_U8 ? "a Uint16Array" : "a Uint8Array or Uint16Array";
    throw new ScorecastError("wrong-type", `column "${name}": expected ${expected}`, { field: name });
  }

  /** Copies block by block to where `run` reads cells, and what it writes into `answers`: values, then both ends. */
  #eachBlock(arrays, nRows, run, answers) {
    const most = this.#core.nRows();
    const stage = (array, place) => this.#call((core) => core.stage(place, array instanceof Uint16Array));
    const pointers = arrays.map(stage);
    const ends = answers.length > 1 ? this.#call((core) => core.endsPointer()) : 0;
    // No call below moves the memory.
    const { buffer } = this.#exports.memory;
    const views = arrays.map((array, place) => {
      const View = this.#codes[place] === null ? Float64Array : array instanceof Uint16Array ? Uint16Array : Uint8Array;
      const view = new View(buffer, pointers[place], most);
      if (array === undefined) view.fill(this.#codes[place] === null ? NaN : BLANK_U8);
      return view;
    });
    const sources = [this.#core.valuesPointer(), ends, ends + 8 * most];
    const found = answers.map((_, at) => new Float64Array(buffer, sources[at], most));
    for (let from = 0; from < nRows; from += most) {
      const n = Math.min(most, nRows - from);
      for (let place = 0; place < arrays.length; place += 1) {
        const array = arrays[place];
        if (array !== undefined) views[place].set(n === array.length ? array : array.subarray(from, from + n));
      }
      const unusable = this.#call((core) => run(core, n));
      if (unusable >= 0) throw this.#unusableCell(arrays, Math.floor(unusable / most), from + (unusable % most));
      answers.forEach((answer, at) => answer.set(n === most ? found[at] : found[at].subarray(0, n), from));
    }
  }

  #unusableCell(arrays, place, row) {
    const { name, values } = this.#schema.columns[place];
    const found = arrays[place][row];
    const blank = arrays[place] instanceof Uint16Array ? BLANK_U16 : BLANK_U8;
    const [code, problem] =
      values === undefined
        ? ["not-a-number", `${found} is not a number from -1e100 to 1e100; NaN is a blank`]
        : ["unknown-category", `${found} is not a code from 0 to ${values.length - 1}; ${blank} is a blank`];
    return new ScorecastError(code, `column "${name}", row ${row}: ${problem}`, { field: name, row });
  }
}

if (Symbol.dispose) Predictor.prototype[Symbol.dispose] = Predictor.prototype.free;

export { Predictor, ScorecastError };
