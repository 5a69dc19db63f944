// Reads, predicts, sorts and filters a class off the main thread, so that the page stays responsive. The file's format
// is handled by the reader, which keeps its text. Requests and responses are in messages.d.ts.
import { Predictor } from "../../module/js/predictor.js";
import { OpenFile } from "../../module/js/record_file.js";
import { asFailure } from "./failure.js";
import { pieces } from "./pieces.js";

/**
 * @import { Answer, Problem, Request, Row } from "./messages.js"
 *
 * @typedef {{ name: string, label: string, isNumeric: boolean }} Column
 *
 * @typedef Source State before rows are predicted.
 * @property {OpenFile} file
 * @property {Column[]} columns
 * @property {Predictor} predictor
 * @property {boolean} isWorkbook
 *
 * @typedef Predicted One element per row.
 * @property {number} nRows
 * @property {Float64Array} values
 * @property {Float64Array} lows
 * @property {Float64Array} highs
 * @property {Float64Array} truths NaN if the file has no target.
 * @property {Uint8Array} flags
 * @property {Uint32Array} lines
 * @property {Uint32Array} shown The sorted and filtered rows.
 * @property {Problem[]} problems
 * @property {number[]} mapping
 * @property {number[]} others Columns of the file that the model does not read, such as names, which are shown, too.
 */

const MAX_PROBLEMS = 10000;
/** The flag of a row that can't be estimated. */
const FLAG_BAD = 8;
const MOST_OTHERS = 3;
/** Rows that are written at a time. */
const WRITTEN = 16384;
/** Names of files for which the download is a workbook. */
const WORKBOOK = /\.xls[xmb]$/i;
/** A workbook is built in memory; a longer file is downloaded as CSV. */
const MOST_IN_WORKBOOK = 200000;
/** Larger files are not compared with the training file. */
const MOST_COMPARED = 64 << 20;

/** @type {Source & Predicted} */
let state;

/** @param {number} share */
const report = (share) => postMessage({ type: "progress", share });

/**
 * @param {Extract<Request, { type: "open" }>} request
 * @returns {Promise<Answer["open"]>}
 */
async function open({ file: blob, name, preprocessor, model, level, trainingSha256 }) {
  // Sequential: if the file can't be read, the page terminates this worker, which must not be loading then.
  const predictor = await Predictor.from(preprocessor, model);
  const [file, isTrainingFile] = await Promise.all([
    OpenFile.open(name, preprocessor, pieces(blob, report), { keeps: true }),
    hasSha256(blob, trainingSha256),
  ]);
  const columns = predictor.schema.columns.map(({ name, label, kind }) => ({ name, label, isNumeric: kind !== "categorical" }));
  state = { ...NOTHING, file, columns, predictor, isWorkbook: WORKBOOK.test(name) };
  const { header, fields } = file.header;
  // The fields of derived columns come after those of the inputs.
  const mapping = fields.slice(0, columns.length);
  const found = { header, mapping, isTrainingFile };
  return mapping.includes(-1) ? found : { ...found, ...(await predict({ mapping, level, decimal: "", dates: "" })) };
}

/**
 * @param {Blob} file
 * @param {string | undefined} sha256
 */
async function hasSha256(file, sha256) {
  if (sha256 === undefined || file.size > MOST_COMPARED) return false;
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", await file.arrayBuffer()));
  return [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("") === sha256;
}

/** @type {Predicted} */
const NOTHING = {
  nRows: 0,
  values: new Float64Array(),
  lows: new Float64Array(),
  highs: new Float64Array(),
  truths: new Float64Array(),
  flags: new Uint8Array(),
  lines: new Uint32Array(),
  shown: new Uint32Array(),
  problems: [],
  mapping: [],
  others: [],
};

/**
 * @param {{ mapping: number[], level: number, decimal: string, dates: string }} request
 * @returns {Promise<Answer["predict"]>}
 */
async function predict({ mapping, level, decimal, dates }) {
  const { file, columns, predictor } = state;
  try {
    await file.choose(mapping, { decimal, dates });
  } catch (problem) {
    const { message: key, values } = asFailure(problem);
    const about = QUESTIONS[key];
    if (about === undefined) throw problem;
    return { question: { ...values, about } };
  }
  const { header, target } = file.header;
  const others = header.map((_, idx) => idx).filter((idx) => idx !== target && !mapping.includes(idx)).slice(0, MOST_OTHERS);
  let { values, lows, highs, truths, flags, lines } = NOTHING;
  /** @type {Problem[]} */
  const problems = [];
  let [nRows, nProblems, room] = [0, 0, 0];
  /**
   * @template {Float64Array | Uint32Array | Uint8Array} T
   * @param {T} array
   * @returns {T}
   */
  const grown = (array) => {
    const larger = new /** @type {{ new (length: number): T }} */ (array.constructor)(room);
    larger.set(array);
    return larger;
  };
  for (let n; (n = await file.next()) >= 0; nRows += n) {
    if (nRows + n > room) {
      room = Math.max(2 * room, nRows + n);
      [values, lows, highs, truths] = [grown(values), grown(lows), grown(highs), grown(truths)];
      [flags, lines] = [grown(flags), grown(lines)];
    }
    flags.set(file.flags(n), nRows);
    truths.set(file.truths(n), nRows);
    lines.set(file.lines(n), nRows);
    const cells = columns.map(({ name, isNumeric }, idx) => [name, file.column(idx, isNumeric, n)]);
    const { shown, low, high } = predictor.estimateMany(Object.fromEntries(cells), { level });
    values.set(shown, nRows);
    lows.set(low, nRows);
    highs.set(high, nRows);
    for (let row = nRows; row < nRows + n; row += 1) {
      if (flags[row] & FLAG_BAD) values[row] = lows[row] = highs[row] = NaN;
    }
    for (const { line, label, code, isBad, figures } of file.problems()) {
      if (!isBad) continue;
      nProblems += 1;
      if (problems.length < MAX_PROBLEMS) problems.push({ line, column: label, reason: REASONS[code], values: figures });
    }
  }
  const shown = Uint32Array.from({ length: nRows }, (_, row) => row);
  Object.assign(state, { values, lows, highs, truths, flags, lines, nRows, problems, mapping, others, shown });
  return { summary: { ...summary(), nProblems, level, others: others.map((idx) => header[idx]) }, report: file.report() };
}

/**
 * Problems that only a person can decide.
 *
 * @type {{ [key: string]: string }}
 */
const QUESTIONS = { "class.ambiguous-number": "number", "class.ambiguous-date": "date" };

/** @type {{ [code: string]: string }} */
const REASONS = { "not-a-date": "class.not-a-date", "not-a-number": "class.not-a-number", "wrong-length": "class.wrong-length" };

/** Counts, and the errors of the estimates if the file has the target. */
function summary() {
  const { values, truths, flags, nRows } = state;
  let [nBad, nFlagged, sum, nTrue, sumTrue, absolute, squared] = [0, 0, 0, 0, 0, 0, 0];
  for (let row = 0; row < nRows; row += 1) {
    if (flags[row] & FLAG_BAD) {
      nBad += 1;
      continue;
    }
    if (flags[row] !== 0) nFlagged += 1;
    sum += values[row];
    if (!Number.isNaN(truths[row])) {
      const error = values[row] - truths[row];
      nTrue += 1;
      sumTrue += truths[row];
      absolute += Math.abs(error);
      squared += error * error;
    }
  }
  let spread = 0;
  const mean = sumTrue / nTrue;
  for (let row = 0; row < nRows; row += 1) {
    if (!Number.isNaN(truths[row]) && !(flags[row] & FLAG_BAD)) spread += (truths[row] - mean) ** 2;
  }
  const errors = nTrue < 2 ? null : { n: nTrue, mae: absolute / nTrue, rmse: Math.sqrt(squared / nTrue), r2: spread > 0 ? 1 - squared / spread : NaN };
  return { nRows, nBad, nFlagged, mean: sum / (nRows - nBad), errors };
}

/**
 * @param {Extract<Request, { type: "order" }>} request
 * @returns {Answer["order"]}
 */
function order({ column, isDown, text, only }) {
  const { file, nRows, flags, values, lows, truths, columns, others } = state;
  const isContaining = text.trim() === "" ? null : file.file.containing(text);
  const rows = new Uint32Array(nRows);
  let nShown = 0;
  for (let row = 0; row < nRows; row += 1) {
    if (only === "flagged" && flags[row] === 0) continue;
    if (only === "bad" && !(flags[row] & FLAG_BAD)) continue;
    if (isContaining !== null && isContaining[row] === 0) continue;
    rows[nShown] = row;
    nShown += 1;
  }
  const shown = rows.slice(0, nShown);
  if (column !== "line") {
    /** @type {{ [column: string]: ArrayLike<number> }} */
    const known = { estimate: values, low: lows, flags, truth: truths };
    const keys = known[column] ?? keysIn(column);
    // Rows without a value come last in either order.
    const sign = isDown ? -1 : 1;
    shown.sort((a, b) => {
      const [left, right] = [keys[a], keys[b]];
      const [isLeftNone, isRightNone] = [left !== left, right !== right];
      if (isLeftNone || isRightNone) return Number(isLeftNone) - Number(isRightNone) || a - b;
      return sign * (left < right ? -1 : left > right ? 1 : 0) || a - b;
    });
  } else if (isDown) shown.reverse();
  state.shown = shown;
  return { nShown };

  /**
   * @param {string} column One of the file's columns that the model doesn't read, or the index of one of the
   * model's.
   */
  function keysIn(column) {
    if (column.startsWith("other-")) return file.file.ranks(others[Number(column.slice(6))]);
    const columnIdx = Number(column);
    return columns[columnIdx].isNumeric ? file.file.numbers(columnIdx) : file.file.ranks(state.mapping[columnIdx]);
  }
}

/**
 * @param {Extract<Request, { type: "rows" }>} request
 * @returns {Answer["rows"]}
 */
function rows({ from, count }) {
  const { file, shown, values, lows, highs, truths, flags, lines, mapping, others } = state;
  /** @type {Row[]} */
  const found = [];
  for (const row of shown.subarray(from, from + count)) {
    /** @type {string[]} */
    const cells = JSON.parse(file.file.cells(row));
    found.push({
      line: lines[row],
      others: others.map((idx) => cells[idx] ?? ""),
      cells: mapping.map((idx) => cells[idx] ?? ""),
      values: [...file.file.record(row)],
      truth: truths[row],
      value: values[row],
      low: lows[row],
      high: highs[row],
      flags: flags[row],
    });
  }
  return { from, rows: found };
}

/**
 * The original file with three columns and the flags' words added: a workbook if it was one.
 *
 * @param {Extract<Request, { type: "download" }>} request
 * @returns {Promise<Answer["download"]>}
 */
async function download({ names, flagNames }) {
  const { file, nRows, values, lows, highs, flags } = state;
  if (state.isWorkbook && nRows <= MOST_IN_WORKBOOK) {
    const { workbook } = await import("./workbook.js");
    return { blob: await workbook([...file.header.header, ...names], workbookRows(flagNames)) };
  }
  const parts = [file.file.writtenHeader(names)];
  for (let from = 0; from < nRows; from += WRITTEN) {
    /** @type {<T extends Float64Array | Uint8Array>(array: T) => T} */
    const part = (array) => /** @type {typeof array} */ (array.subarray(from, Math.min(from + WRITTEN, nRows)));
    parts.push(file.file.writtenRows(from, part(values), part(lows), part(highs), part(flags), flagNames));
  }
  return { blob: new Blob(/** @type {BlobPart[]} */ (parts), { type: "text/csv" }) };
}

/**
 * @param {string[]} flagNames
 * @returns {Generator<(string | number)[]>}
 */
function* workbookRows(flagNames) {
  const { file, nRows, values, lows, highs, flags } = state;
  for (let row = 0; row < nRows; row++) {
    const said = flagNames.filter((_, bit) => (flags[row] >> bit) & 1).join(", ");
    yield [...JSON.parse(file.file.cells(row)), values[row], lows[row], highs[row], said];
  }
}

/** @type {{ [type: string]: (request: any) => object | Promise<object> }} */
const ACTIONS = { open, predict, order, rows, download, problems: () => ({ problems: state.problems }) };

addEventListener("message", async ({ data }) => {
  try {
    postMessage({ type: data.type, id: data.id, ...(await ACTIONS[data.type](data)) });
  } catch (problem) {
    const { message: key, values } = asFailure(problem);
    postMessage({ type: "failed", id: data.id, key, values });
  }
});
