// Reads, predicts, sorts and filters a class away from the page's own thread, so that the page stays quick.
// What it is asked and answers is in messages.d.ts.
import { Predictor } from "../../module/js/predictor.js";
import { cellsOf, decimalOf, isBlank, isTotal, matched, numberOf, rowEnd, written } from "./csv.js";
import { countLines, findHeader, trimmed } from "./header.js";
import { Failure, PIECE, read } from "./read.js";

/**
 * @import { Answer, Problem, Request, Row } from "./messages.js"
 *
 * @typedef Column
 * @property {string} name
 * @property {string} label
 * @property {{ numeric?: { observed: { min: number, max: number } }, categorical?: { values: string[] } }} kind
 * @property {Map<string, number> | null} codes Of a category's spellings; null for numbers.
 *
 * @typedef Source What is known before rows are predicted.
 * @property {string[]} texts
 * @property {string} delimiter
 * @property {string[]} header
 * @property {number} start
 * @property {number} firstLine
 * @property {Column[]} columns
 * @property {Predictor} predictor
 * @property {{ name: string, label: string }} target
 *
 * @typedef Predicted One element a row.
 * @property {number} nRows
 * @property {Float64Array} values
 * @property {Float64Array} lows
 * @property {Float64Array} highs
 * @property {Float64Array} truths NaN where the file has no target.
 * @property {Uint8Array} flags
 * @property {Uint32Array} starts
 * @property {Uint32Array} ends
 * @property {Uint32Array} pieceOf The text that holds the row.
 * @property {Uint32Array} lines
 * @property {Uint32Array} shown The rows to show, in their order.
 * @property {Problem[]} problems
 * @property {number[]} mapping
 * @property {number[]} others Columns of the file, such as names, that are shown beside those that the model reads.
 * @property {string | undefined} decimal What sets off decimals in the file, where that is clear.
 */

const BLOCK = 16384;
const MAX_PROBLEMS = 10000;
/** A total is no student: it is not estimated either. */
const [FLAG_BLANK, FLAG_OUTSIDE, FLAG_UNSEEN, FLAG_BAD, FLAG_TOTAL] = [1, 2, 4, 8, 16];
const MOST_OTHERS = 3;
/** Rows by which it is told how numbers are written. */
const N_TELLING = 2000;
/** Larger files are not compared with the one that the model was trained on. */
const MOST_COMPARED = 64 << 20;
/** Cells of categories: a blank, and what the model has never seen. */
const [BLANK_CODE, UNSEEN_CODE] = [0xffff, 0xfffe];

/** @type {Source & Predicted} */
let state;

/** @param {number} share */
const report = (share) => postMessage({ type: "progress", share });

/**
 * @param {Extract<Request, { type: "open" }>} request
 * @returns {Promise<Answer["open"]>}
 */
async function open({ file, preprocessor, model, level, trainingSha256 }) {
  // First and by itself: where the file can't be read the page stops this worker, which must not be loading then.
  const predictor = await Predictor.from(preprocessor, model);
  const [{ texts, sheet, delimiter: known }, isTrainingFile] = await Promise.all([
    read(file, (share) => report(0.15 * share)),
    hasSha256(file, trainingSha256),
  ]);
  const schema = JSON.parse(preprocessor).schema;
  const { header, delimiter, line, isFirst, ...rows } = findHeader(texts[0] ?? "", known, schema.columns);
  /** @type {Column[]} */
  const columns = schema.columns.map((/** @type {Column} */ column) => ({
    ...column,
    codes: column.kind.categorical ? codesOf(column.kind.categorical.values) : null,
  }));
  state = { ...NOTHING, texts, delimiter, header, columns, predictor, target: schema.target, ...rows };
  const found = {
    header,
    mapping: matched(columns, header),
    ...(sheet === undefined ? {} : { sheet }),
    ...(isFirst ? {} : { headerLine: line }),
    isTrainingFile,
  };
  return found.mapping.includes(-1) ? found : { ...found, ...predict({ mapping: found.mapping, level }) };
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

/** @param {string[]} values */
function codesOf(values) {
  /** @type {Map<string, number>} */
  const codes = new Map();
  // The exact spelling first; other cases and stray spaces as far as they are clear.
  values.forEach((value, code) => codes.set(value, code));
  values.forEach((value, code) => {
    const other = value.trim().toLowerCase();
    if (!codes.has(other)) codes.set(other, code);
  });
  return codes;
}

/** @type {Predicted} */
const NOTHING = {
  nRows: 0,
  values: new Float64Array(),
  lows: new Float64Array(),
  highs: new Float64Array(),
  truths: new Float64Array(),
  flags: new Uint8Array(),
  starts: new Uint32Array(),
  ends: new Uint32Array(),
  pieceOf: new Uint32Array(),
  lines: new Uint32Array(),
  shown: new Uint32Array(),
  problems: [],
  mapping: [],
  others: [],
  decimal: ".",
};

/** The rows after the header: each with its piece, and where it starts and ends there. */
function* rowsIn() {
  const { texts, start, delimiter } = state;
  for (let piece = 0; piece < texts.length; piece += 1) {
    const text = texts[piece];
    let at = piece === 0 ? start : 0;
    // Looked for once and not for every row: there may be none up to the piece's end.
    let quote = text.indexOf('"', at);
    while (at < text.length) {
      if (quote >= 0 && quote < at) quote = text.indexOf('"', at);
      let end = text.indexOf("\n", at);
      if (quote >= 0 && (end < 0 || quote < end)) end = rowEnd(text, at, delimiter);
      if (end < 0) end = text.length;
      yield { row: trimmed(text.slice(at, end)), piece, from: at, end };
      at = end + 1;
    }
  }
}

/**
 * A row's cells; empty ones beyond the header's are dropped.
 *
 * @param {string} row
 */
function cellsIn(row) {
  const { delimiter, header } = state;
  const found = cellsOf(row, delimiter);
  while (found.cells.length > header.length && found.cells[found.cells.length - 1].trim() === "") found.cells.pop();
  return found;
}

/**
 * What sets off decimals in these columns of the file. Where cells are set apart by a comma it is a point.
 *
 * @param {number[]} fileColumns
 */
function decimalIn(fileColumns) {
  if (state.delimiter === ",") return ".";
  /** @type {string[]} */
  const cells = [];
  let nRows = 0;
  for (const { row } of rowsIn()) {
    if ((nRows += 1) > N_TELLING) break;
    const found = cellsIn(row).cells;
    for (const idx of fileColumns) cells.push((found[idx] ?? "").trim());
  }
  return decimalOf(cells);
}

/**
 * What the predictor reads of a cell, and its flag.
 *
 * @param {Column} column
 * @param {string} text
 * @param {string | undefined} decimal
 * @returns {[value: number, flag: number]}
 */
function valueOf(column, text, decimal) {
  if (column.codes !== null) {
    const code = column.codes.get(text) ?? column.codes.get(text.toLowerCase());
    if (code !== undefined) return [code, 0];
    return isBlank(text) ? [BLANK_CODE, FLAG_BLANK] : [UNSEEN_CODE, FLAG_UNSEEN];
  }
  if (isBlank(text)) return [NaN, FLAG_BLANK];
  const value = decimal === undefined && text.includes(",") ? NaN : numberOf(text, decimal ?? ".");
  if (!Number.isFinite(value)) return [NaN, FLAG_BAD];
  const { min, max } = column.kind.numeric?.observed ?? { min: NaN, max: NaN };
  return [value, value < min || value > max ? FLAG_OUTSIDE : 0];
}

/**
 * @param {{ mapping: number[], level: number }} request
 * @returns {Answer["predict"]}
 */
function predict({ mapping, level }) {
  const { texts, header, columns, target, predictor } = state;
  const size = texts.reduce((sum, text) => sum + text.length, 0);
  // A row has at least one letter and a line end.
  let room = Math.max(16, Math.min(Math.ceil(size / Math.max(4, 2 * columns.length)), 1 << 20));
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
  let { values, lows, highs, truths, flags, starts, ends, pieceOf, lines } = NOTHING;
  const grow = () => {
    [values, lows, highs, truths] = [grown(values), grown(lows), grown(highs), grown(truths)];
    [starts, ends, pieceOf, lines] = [grown(starts), grown(ends), grown(pieceOf), grown(lines)];
    flags = grown(flags);
  };
  grow();
  const blocks = columns.map(({ codes }) => new (codes === null ? Float64Array : Uint16Array)(BLOCK));
  const truthIdx = matched([target], header)[0];
  const others = header.map((_, idx) => idx).filter((idx) => idx !== truthIdx && !mapping.includes(idx)).slice(0, MOST_OTHERS);
  const decimal = decimalIn([truthIdx, ...mapping.filter((_, columnIdx) => columns[columnIdx].codes === null)]);
  /** @type {Problem[]} */
  const problems = [];
  let nProblems = 0;
  let [nRows, nBlock, line, done, lastPiece] = [0, 0, state.firstLine, 0, 0];

  /** @type {(column: string | null, reason: string, values?: { [name: string]: unknown }) => void} */
  const wrong = (column, reason, values = {}) => {
    nProblems += 1;
    if (problems.length < MAX_PROBLEMS) problems.push({ line, column, reason, values });
  };
  const flush = () => {
    if (nBlock === 0) return;
    const cells = Object.fromEntries(columns.map(({ name }, idx) => [name, blocks[idx].subarray(0, nBlock)]));
    const { shown, low, high } = predictor.estimateMany(cells, { level });
    const from = nRows - nBlock;
    values.set(shown, from);
    lows.set(low, from);
    highs.set(high, from);
    for (let row = from; row < nRows; row += 1) {
      if (flags[row] & FLAG_BAD) values[row] = lows[row] = highs[row] = NaN;
    }
    nBlock = 0;
  };

  for (const { row, piece, from, end } of rowsIn()) {
    if (piece !== lastPiece) {
      done += texts[lastPiece].length;
      lastPiece = piece;
    }
    if (row.trim() === "") {
      line += 1;
      continue;
    }
    if (nRows === room) {
      room *= 2;
      grow();
    }
    const { cells, problem } = cellsIn(row);
    let flag = 0;
    if (problem !== null) {
      wrong(null, problem);
      flag = FLAG_BAD;
    } else if (cells.length !== header.length) {
      wrong(null, "class.wrong-length", { found: cells.length, expected: header.length });
      flag = FLAG_BAD;
    } else if (isTotal(cells[0].trim()) || others.some((idx) => isTotal(cells[idx].trim()))) {
      flag = FLAG_BAD | FLAG_TOTAL;
    }
    const isSkipped = flag !== 0;
    for (let columnIdx = 0; columnIdx < columns.length; columnIdx += 1) {
      const column = columns[columnIdx];
      // In a row that is skipped it isn't known which cell belongs to which column.
      const text = isSkipped ? "" : (cells[mapping[columnIdx]] ?? "").trim();
      const [value, own] = valueOf(column, text, decimal);
      blocks[columnIdx][nBlock] = value;
      if (isSkipped) continue;
      flag |= own;
      if (own === FLAG_BAD) {
        const isUnclear = decimal === undefined && text.includes(",");
        wrong(column.label, isUnclear ? "class.ambiguous-number" : "class.not-a-number", { found: text.slice(0, 40) });
      }
    }
    truths[nRows] = flag & FLAG_BAD ? NaN : numberOf((cells[truthIdx] ?? "").trim(), decimal ?? ".");
    flags[nRows] = flag;
    starts[nRows] = from;
    ends[nRows] = from + row.length;
    pieceOf[nRows] = piece;
    lines[nRows] = line;
    line += 1 + (row.includes('"') ? countLines(row, 0, row.length) : 0);
    nRows += 1;
    nBlock += 1;
    if (nBlock === BLOCK) {
      flush();
      report(0.15 + (0.85 * (done + end)) / size);
    }
  }
  flush();
  if (nRows === 0) throw new Failure("class.no-rows");
  Object.assign(state, { values, lows, highs, truths, flags, starts, ends, pieceOf, lines, nRows, problems, mapping, others, decimal });
  state.shown = Uint32Array.from({ length: nRows }, (_, row) => row);
  return { summary: { ...summary(), nProblems, level, others: others.map((idx) => header[idx]) } };
}

/** Counts, and where the file has the target how far off the estimates are. */
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

/** @param {number} row */
function textOf(row) {
  return state.texts[state.pieceOf[row]].slice(state.starts[row], state.ends[row]);
}

/**
 * @param {Extract<Request, { type: "order" }>} request
 * @returns {Answer["order"]}
 */
function order({ column, isDown, text, only }) {
  const { nRows, flags, values, lows, truths, columns, mapping, others, decimal } = state;
  const wanted = text.trim().toLowerCase();
  const rows = new Uint32Array(nRows);
  let nShown = 0;
  for (let row = 0; row < nRows; row += 1) {
    if (only === "flagged" && flags[row] === 0) continue;
    if (only === "bad" && !(flags[row] & FLAG_BAD)) continue;
    if (wanted !== "" && !textOf(row).toLowerCase().includes(wanted)) continue;
    rows[nShown] = row;
    nShown += 1;
  }
  const shown = rows.slice(0, nShown);
  if (column !== "line") {
    /** @type {{ [column: string]: ArrayLike<number> }} */
    const known = { estimate: values, low: lows, flags, truth: truths };
    const keys = known[column] ?? (column.startsWith("other-") ? keysIn(others[Number(column.slice(6))], false) : keysIn(mapping[Number(column)], columns[Number(column)].codes === null));
    // Rows without a value come last whichever way it goes.
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
   * What a column of the file is sorted by: numbers, or texts.
   *
   * @param {number} fileColumn
   * @param {boolean} isNumeric
   */
  function keysIn(fileColumn, isNumeric) {
    const cells = Array.from({ length: nRows }, (_, row) => (cellsIn(textOf(row)).cells[fileColumn] ?? "").trim());
    return isNumeric ? Float64Array.from(cells, (cell) => numberOf(cell, decimal ?? ".")) : cells;
  }
}

/**
 * @param {Extract<Request, { type: "rows" }>} request
 * @returns {Answer["rows"]}
 */
function rows({ from, count }) {
  const { shown, values, lows, highs, truths, flags, lines, columns, mapping, others, decimal } = state;
  /** @type {Row[]} */
  const found = [];
  for (const row of shown.subarray(from, from + count)) {
    const { cells } = cellsIn(textOf(row));
    const texts = columns.map((_, columnIdx) => (cells[mapping[columnIdx]] ?? "").trim());
    found.push({
      line: lines[row],
      others: others.map((idx) => (cells[idx] ?? "").trim()),
      cells: texts,
      values: columns.map((column, columnIdx) => plainValue(column, valueOf(column, texts[columnIdx], decimal)[0])),
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
 * What was estimated, to the bit: a number, or a category's code, -1 for what training never saw; NaN for a blank.
 *
 * @param {Column} column
 * @param {number} value
 */
function plainValue({ codes }, value) {
  if (codes === null) return value;
  return value === BLANK_CODE ? NaN : value === UNSEEN_CODE ? -1 : value;
}

/**
 * The file as it came with three columns and the flags' words behind it.
 *
 * @param {Extract<Request, { type: "download" }>} request
 * @returns {Answer["download"]}
 */
function download({ names, flagNames }) {
  const { nRows, header, delimiter, decimal, values, lows, highs, flags } = state;
  // Without the mark, Excel takes the file for one in another encoding.
  const parts = ["\ufeff" + [...header, ...names].map((name) => written(name, delimiter)).join(delimiter) + "\n"];
  let part = "";
  /** @param {number} value */
  const number = (value) => (Number.isNaN(value) ? "" : String(Number(value.toFixed(4))).replace(".", decimal ?? "."));
  for (let row = 0; row < nRows; row += 1) {
    const words = flagNames.filter((_, bit) => flags[row] & (1 << bit)).join(", ");
    part += [textOf(row), number(values[row]), number(lows[row]), number(highs[row]), written(words, delimiter)].join(delimiter) + "\n";
    if (part.length > PIECE) {
      parts.push(part);
      part = "";
    }
  }
  parts.push(part);
  return { blob: new Blob(parts, { type: "text/csv;charset=utf-8" }) };
}

/** @type {{ [type: string]: (request: any) => object | Promise<object> }} */
const ACTIONS = { open, predict, order, rows, download, problems: () => ({ problems: state.problems }) };

addEventListener("message", async ({ data }) => {
  try {
    postMessage({ type: data.type, id: data.id, ...(await ACTIONS[data.type](data)) });
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    const { message: key, values } = error instanceof Failure ? error : new Failure("class.failed", { problem });
    postMessage({ type: "failed", id: data.id, key, values });
  }
});
