// Reads, predicts, sorts and filters a class away from the page's own thread, so that the page stays quick.
//
// Messages to it, each with a `type`; answers carry the same `type`, and `progress` comes in between:
//   open {file, preprocessor, model, level, trainingSha256}
//                                            → {header, mapping, sheet?, headerLine?, isTrainingFile, summary?}: predicts at
//                                              once where every column is found
//   predict {mapping, level}                 → {summary}
//   order {column, isDown, text, only}       → {nShown}
//   rows {from, count}                       → {from, rows}
//   problems                                 → {problems}
//   download                                 → {blob}
import { Predictor } from "../v1/scorecast-core.js";
import { cellsOf, decimalOf, delimiterOf, isBlank, isTotal, matched, numberOf, rowEnd, written } from "./csv.js";
import { Failure, PIECE, read } from "./read.js";

const BLOCK = 16384;
const MAX_PROBLEMS = 10000;
/** Rows among which the header is looked for. */
const MOST_ABOVE = 20;
/** A total is no student: it is not estimated either. */
const [FLAG_BLANK, FLAG_OUTSIDE, FLAG_UNSEEN, FLAG_BAD, FLAG_TOTAL] = [1, 2, 4, 8, 16];
/** Columns of the file, such as names, that are shown beside those that the model reads. */
const MOST_OTHERS = 3;
/** Rows by which it is told how numbers are written. */
const N_TELLING = 2000;
/** Cells of categories: a blank, and what the model has never seen. */
const [BLANK_CODE, UNSEEN_CODE] = [0xffff, 0xfffe];

let state;

const report = (share) => postMessage({ type: "progress", share });

async function open({ file, preprocessor, model, level, trainingSha256 }) {
  const [predictor, { texts, sheet, delimiter: known }, isTrainingFile] = await Promise.all([
    Predictor.from(preprocessor, model),
    read(file, (share) => report(0.15 * share)),
    hasSha256(file, trainingSha256),
  ]);
  const schema = JSON.parse(preprocessor).schema;
  const { header, delimiter, line, isFirst, ...place } = findHeader(texts[0] ?? "", known, schema.columns);
  const columns = schema.columns.map((column) => ({
    ...column,
    codes: column.kind.categorical ? codesOf(column.kind.categorical.values) : null,
  }));
  state = { texts, delimiter, header, columns, predictor, level, target: schema.target, ...place };
  const found = { header, mapping: matched(columns, header), sheet, headerLine: isFirst ? undefined : line, isTrainingFile };
  return found.mapping.includes(-1) ? found : { ...found, ...predict({ mapping: found.mapping, level }) };
}

/** Whether a file is the one with that fingerprint; a larger one than anybody trains on is not looked at. */
async function hasSha256(file, sha256) {
  if (!sha256 || file.size > 64 << 20) return false;
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", await file.arrayBuffer()));
  return [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("") === sha256;
}

/**
 * The row that names the columns: of the first ones the first that names most of them, since titles may stand above it.
 * Its cells, the delimiter, where the next row starts, and both rows' lines.
 */
function findHeader(text, known, columns) {
  let [at, line, best] = [0, 1, undefined];
  for (let nRows = 0; at < text.length && nRows < MOST_ABOVE; ) {
    const found = rowEnd(text, at, known);
    const end = found < 0 ? text.length : found;
    const row = trimmed(text.slice(at, end));
    const ownLine = line;
    line += countLines(text, at, end) + 1;
    at = Math.min(end + 1, text.length);
    if (row.trim() === "") continue;
    nRows += 1;
    const delimiter = known ?? delimiterOf(row);
    const header = cellsOf(row, delimiter).cells.map((cell) => cell.trim());
    const n = matched(columns, header).filter((place) => place >= 0).length;
    if (best === undefined || n > best.n) best = { n, header, delimiter, start: at, firstLine: line, line: ownLine, isFirst: nRows === 1 };
  }
  if (best === undefined) throw new Failure("class.empty");
  return best;
}

const trimmed = (row) => (row.endsWith("\r") ? row.slice(0, -1) : row);

function codesOf(values) {
  const codes = new Map();
  // The exact spelling first; other cases and stray spaces as far as they are clear.
  values.forEach((value, code) => codes.set(value, code));
  values.forEach((value, code) => {
    const other = value.trim().toLowerCase();
    if (!codes.has(other)) codes.set(other, code);
  });
  return codes;
}

/** The rows of the file after its header, each with its piece and place. */
function* rowsOf({ texts, start, delimiter }) {
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
      yield [trimmed(text.slice(at, end)), piece, at, end];
      at = end + 1;
    }
  }
}

/** A row's cells; those that are empty beyond the header's are dropped. */
function cellsIn(row, { delimiter, header }) {
  const found = cellsOf(row, delimiter);
  while (found.cells.length > header.length && found.cells.at(-1).trim() === "") found.cells.pop();
  return found;
}

/** What sets off decimals in the file. Where cells are set apart by a comma it is a point. */
function decimalIn(places) {
  if (state.delimiter === ",") return ".";
  const cells = [];
  let nRows = 0;
  for (const [row] of rowsOf(state)) {
    if ((nRows += 1) > N_TELLING) break;
    const found = cellsIn(row, state).cells;
    for (const place of places) if (place >= 0) cells.push((found[place] ?? "").trim());
  }
  return decimalOf(cells);
}

/** What the predictor reads of a cell, and its flag; NaN for a number that is none. */
function valueOf(column, text, decimal) {
  if (column.codes !== null) {
    const code = column.codes.get(text) ?? column.codes.get(text.toLowerCase());
    if (code !== undefined) return [code, 0];
    return isBlank(text) ? [BLANK_CODE, FLAG_BLANK] : [UNSEEN_CODE, FLAG_UNSEEN];
  }
  if (isBlank(text)) return [NaN, FLAG_BLANK];
  const value = decimal === undefined && text.includes(",") ? NaN : numberOf(text, decimal);
  if (!Number.isFinite(value)) return [NaN, FLAG_BAD];
  const { min, max } = column.kind.numeric.observed;
  return [value, value < min || value > max ? FLAG_OUTSIDE : 0];
}

function predict({ mapping, level }) {
  const { texts, header, columns, target, predictor } = state;
  const size = texts.reduce((sum, text) => sum + text.length, 0);
  // A row has at least one letter and a line end.
  let room = Math.max(16, Math.min(Math.ceil(size / Math.max(4, 2 * columns.length)), 1 << 20));
  const grown = (array) => {
    const larger = new array.constructor(room);
    larger.set(array);
    return larger;
  };
  let [values, lows, highs, truths] = Array.from({ length: 4 }, () => new Float64Array(room));
  let flags = new Uint8Array(room);
  let [starts, ends, pieceOf, lines] = Array.from({ length: 4 }, () => new Uint32Array(room));
  const blocks = columns.map(({ codes }) => new (codes === null ? Float64Array : Uint16Array)(BLOCK));
  const truthPlace = matched([target], header)[0];
  const others = header.map((_, place) => place).filter((place) => place !== truthPlace && !mapping.includes(place)).slice(0, MOST_OTHERS);
  const decimal = decimalIn([truthPlace, ...columns.map(({ codes }, place) => (codes === null ? mapping[place] : -1))]);
  const problems = [];
  let nProblems = 0;
  let [nRows, nBlock, line] = [0, 0, state.firstLine];

  const wrong = (column, reason, values = {}) => {
    nProblems += 1;
    if (problems.length < MAX_PROBLEMS) problems.push({ line, column, reason, values });
  };
  const flush = () => {
    if (nBlock === 0) return;
    const cells = Object.fromEntries(columns.map(({ name }, place) => [name, blocks[place].subarray(0, nBlock)]));
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

  let done = 0;
  let lastPiece = 0;
  for (const [row, piece, from, end] of rowsOf(state)) {
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
      [values, lows, highs, truths, flags, starts, ends, pieceOf, lines] =
        [values, lows, highs, truths, flags, starts, ends, pieceOf, lines].map(grown);
    }
    const { cells, problem } = cellsIn(row, state);
    const isMalformed = problem !== null || cells.length !== header.length;
    let flag = 0;
    if (isMalformed) {
      if (problem !== null) wrong(null, problem);
      else wrong(null, "class.wrong-length", { found: cells.length, expected: header.length });
      flag = FLAG_BAD;
    } else if (others.some((place) => isTotal(cells[place].trim())) || isTotal(cells[0].trim())) flag = FLAG_BAD | FLAG_TOTAL;
    const isSkipped = flag !== 0;
    for (let place = 0; place < columns.length; place += 1) {
      const column = columns[place];
      // In a row that is skipped it isn't known which cell belongs to which column.
      const text = isSkipped || mapping[place] < 0 ? "" : cells[mapping[place]].trim();
      const [value, own] = valueOf(column, text, decimal);
      if (!isSkipped) {
        flag |= own;
        if (own === FLAG_BAD) {
          const isUnclear = decimal === undefined && text.includes(",");
          wrong(column.label, isUnclear ? "class.ambiguous-number" : "class.not-a-number", { found: text.slice(0, 40) });
        }
      }
      blocks[place][nBlock] = value;
    }
    truths[nRows] = truthPlace >= 0 && !(flag & FLAG_BAD) ? numberOf((cells[truthPlace] ?? "").trim(), decimal ?? ".") : NaN;
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
  Object.assign(state, { values, lows, highs, truths, flags, starts, ends, pieceOf, lines, nRows, problems, mapping, others, truthPlace, decimal, level });
  state.shown = Uint32Array.from({ length: nRows }, (_, row) => row);
  return { summary: { ...summary(), nProblems, level, others: others.map((place) => header[place]) } };
}

function countLines(text, from, to) {
  let n = 0;
  for (let at = text.indexOf("\n", from); at >= 0 && at < to; at = text.indexOf("\n", at + 1)) n += 1;
  return n;
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

function textOf(row) {
  return state.texts[state.pieceOf[row]].slice(state.starts[row], state.ends[row]);
}

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
    const known = { estimate: values, low: lows, flags, truth: truths };
    const keys = known[column] ?? (column.startsWith("other-") ? keysIn(others[Number(column.slice(6))], false) : keysIn(mapping[column], columns[column].codes === null));
    // Rows without a value come last whichever way it goes.
    const sign = isDown ? -1 : 1;
    shown.sort((a, b) => {
      const [left, right] = [keys[a], keys[b]];
      const [isLeftNone, isRightNone] = [left !== left, right !== right];
      if (isLeftNone || isRightNone) return isLeftNone - isRightNone || a - b;
      return sign * (left < right ? -1 : left > right ? 1 : 0) || a - b;
    });
  } else if (isDown) shown.reverse();
  state.shown = shown;
  return { nShown };

  /** What is sorted by where the file has a column: numbers, or texts. */
  function keysIn(place, isNumeric) {
    const keys = isNumeric ? new Float64Array(nRows) : new Array(nRows);
    for (let row = 0; row < nRows; row += 1) {
      const cell = (cellsIn(textOf(row), state).cells[place] ?? "").trim();
      keys[row] = isNumeric ? numberOf(cell, decimal ?? ".") : cell;
    }
    return keys;
  }
}

function rows({ from, count }) {
  const { shown, values, lows, highs, truths, flags, lines, columns, mapping, others, decimal } = state;
  const found = [];
  for (let place = from; place < Math.min(from + count, shown.length); place += 1) {
    const row = shown[place];
    const { cells } = cellsIn(textOf(row), state);
    const texts = columns.map((_, column) => (cells[mapping[column]] ?? "").trim());
    found.push({
      line: lines[row],
      others: others.map((place) => (cells[place] ?? "").trim()),
      cells: texts,
      // What was estimated, to the bit.
      values: columns.map((column, place) => plainValue(column, valueOf(column, texts[place], decimal)[0])),
      truth: truths[row],
      value: values[row],
      low: lows[row],
      high: highs[row],
      flags: flags[row],
    });
  }
  return { from, rows: found };
}

/** A value as the page reads it: a code below 0 is a category that training never saw, NaN a blank. */
const plainValue = ({ codes }, value) =>
  codes === null ? value : value === BLANK_CODE ? NaN : value === UNSEEN_CODE ? -1 : value;

/** The file as it came with three columns and the flags' words behind it. */
function download({ names, flagNames }) {
  const { nRows, header, delimiter, decimal, values, lows, highs, flags } = state;
  // Without the mark, Excel takes the file for one in another encoding.
  const parts = ["\ufeff" + [...header, ...names].map((name) => written(name, delimiter)).join(delimiter) + "\n"];
  let part = "";
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

const ACTIONS = { open, predict, order, rows, download, problems: () => ({ problems: state.problems }) };

addEventListener("message", async ({ data }) => {
  try {
    postMessage({ type: data.type, id: data.id, ...(await ACTIONS[data.type](data)) });
  } catch (error) {
    const [key, values] = error instanceof Failure ? [error.message, error.values] : ["class.failed", { problem: error.message ?? String(error) }];
    postMessage({ type: "failed", id: data.id, key, values });
  }
});
