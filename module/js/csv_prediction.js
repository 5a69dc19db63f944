import { ScorecastError } from "./error.js";
/** @import { CsvPredictions, CsvProblem, ErrorCode, Schema } from "./scorecast-core.js" */
/** @import { Predictor } from "./predictor.js" */
import { BLANK_U16, NUMBER, categoryCodes } from "./schema.js";

/** Rows that are predicted at a time. */
const CSV_BLOCK = 4096;

/** The rows of a CSV file on their way to predictions: nothing is guessed, and no row is dropped. */
export class CsvPrediction {
  #predictor;
  #schema;
  #delimiter;
  #parse;
  /**
   * For each cell of a row the index of its column, or undefined; itself undefined before the header has come.
   *
   * @type {(number | undefined)[] | undefined}
   */
  #layout;
  /** @type {string[]} */
  #header = [];
  #codes;
  #block;
  /**
   * The rows of the block that have a problem.
   *
   * @type {Set<number>}
   */
  #bad = new Set();
  #nBlock = 0;
  #nRows = 0;
  /** @type {Float64Array[]} */
  #values = [];
  /** @type {CsvProblem[]} */
  #problems = [];

  /**
   * @param {Predictor} predictor
   * @param {Schema} schema
   * @param {string} delimiter
   * @param {(columnIdx: number, text: string) => number} parse The cell that a text stands for.
   */
  constructor(predictor, schema, delimiter, parse) {
    if (typeof delimiter !== "string" || delimiter.length !== 1 || '"\r\n'.includes(delimiter)) {
      throw new ScorecastError("wrong-type", "a delimiter is one letter such as ; and no quote or line end");
    }
    this.#predictor = predictor;
    this.#schema = schema;
    this.#delimiter = delimiter;
    this.#parse = parse;
    this.#codes = categoryCodes(schema);
    this.#block = this.#codes.map((codes) => new (codes === null ? Float64Array : Uint16Array)(CSV_BLOCK));
  }

  /**
   * Takes the next row: the first is the header.
   *
   * @param {string[]} cells
   * @param {number} line
   * @param {string | null} problem
   */
  add(cells, line, problem) {
    if (this.#layout === undefined) {
      this.#readHeader(cells, line, problem);
      return;
    }
    const row = this.#nBlock;
    /** @type {(code: ErrorCode, reason: string, column?: string) => void} */
    const wrong = (code, reason, column) => {
      this.#bad.add(row);
      this.#problems.push({ row: this.#nRows, line, column, code: /** @type {CsvProblem["code"]} */ (code), reason });
    };
    this.#codes.forEach((_, columnIdx) => this.#set(columnIdx, row, NaN));
    if (problem !== null) wrong("malformed-row", problem);
    else if (cells.length !== this.#header.length) {
      wrong("wrong-length", `the row has ${cells.length} cells, the header has ${this.#header.length}`);
    } else {
      this.#layout.forEach((columnIdx, at) => {
        if (columnIdx === undefined) return;
        try {
          this.#set(columnIdx, row, this.#cell(columnIdx, cells[at] ?? ""));
        } catch (error) {
          if (!(error instanceof ScorecastError)) throw error;
          wrong(error.code, error.message, error.field);
        }
      });
    }
    this.#nBlock += 1;
    this.#nRows += 1;
    if (this.#nBlock === CSV_BLOCK) this.#flush();
  }

  /** @returns {CsvPredictions} */
  finish() {
    const layout = this.#layout;
    if (layout === undefined) {
      throw new ScorecastError("empty-csv", "the CSV is empty; its first line has to name the columns");
    }
    this.#flush();
    const values = new Float64Array(this.#nRows);
    this.#values.forEach((block, at) => values.set(block, at * CSV_BLOCK));
    const ignored = this.#header.filter((_, at) => layout[at] === undefined);
    return { values, problems: this.#problems, ignored };
  }

  /**
   * @param {string[]} header
   * @param {number} line
   * @param {string | null} problem
   */
  #readHeader(header, line, problem) {
    for (const { name } of this.#schema.columns) {
      const n = header.filter((found) => found === name).length;
      if (n === 1 && problem === null) continue;
      const names = `the header has ${header.map((found) => `"${found}"`).join(", ")}`;
      const hint = header.length === 1 ? `; is "${this.#delimiter}" the delimiter?` : "";
      const found = n > 1 ? `${n} times` : "not";
      throw problem === null
        ? new ScorecastError(n > 1 ? "duplicate-column" : "missing-column", `line ${line}: column "${name}" is ${found} there; ${names}${hint}`, { field: name })
        : new ScorecastError("malformed-row", `line ${line}: ${problem}`);
    }
    this.#header = header;
    const columnIdx = new Map(this.#schema.columns.map(({ name }, idx) => [name, idx]));
    this.#layout = header.map((name) => columnIdx.get(name));
  }

  /**
   * @param {number} columnIdx
   * @param {string} text
   */
  #cell(columnIdx, text) {
    const codes = this.#codes[columnIdx];
    if (codes) return codes.get(text) ?? this.#parse(columnIdx, text);
    return NUMBER.test(text) && Number.isFinite(+text) ? +text : this.#parse(columnIdx, text);
  }

  /**
   * @param {number} columnIdx
   * @param {number} row
   * @param {number} cell
   */
  #set(columnIdx, row, cell) {
    const block = this.#block[columnIdx];
    if (block) block[row] = this.#codes[columnIdx] !== null && Number.isNaN(cell) ? BLANK_U16 : cell;
  }

  #flush() {
    if (this.#nBlock === 0) return;
    const columns = Object.fromEntries(
      this.#schema.columns.map(({ name }, idx) => [name, this.#block[idx]?.subarray(0, this.#nBlock)]),
    );
    const values = this.#predictor.predictMany(columns);
    for (const row of this.#bad) values[row] = NaN;
    this.#values.push(values);
    this.#bad.clear();
    this.#nBlock = 0;
  }
}
