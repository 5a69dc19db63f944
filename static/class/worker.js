// Reads, predicts, sorts and filters a class away from the page's own thread, so that the page stays quick.
//
// Messages to it, each with a `type`; answers carry the same `type`, and `progress` comes in between:
//   open {file, preprocessor, model, level}  → {header, mapping, nRows?, summary?}: predicts at once where every column is found
//   predict {mapping}                        → {summary}
//   order {column, isDown, text, only}       → {nShown}
//   rows {from, count}                       → {from, rows}
//   problems                                 → {problems}
//   download                                 → {blob}
import init, { Batch } from "../web.js";
import { cellsOf, delimiterOf, isBlank, matched, numberOf, rowEnd, written } from "./csv.js";

const BLOCK = 16384;
const PIECE = 4 << 20;
const MAX_BYTES = 1 << 30;
const MAX_PROBLEMS = 10000;
const [FLAG_BLANK, FLAG_OUTSIDE, FLAG_UNSEEN, FLAG_BAD] = [1, 2, 4, 8];

class Failure extends Error {
  constructor(key, values = {}) {
    super(key);
    this.values = values;
  }
}

let state;

const report = (share) => postMessage({ type: "progress", share });

/** The pieces of a file as text, each cut at the end of a row. */
async function* pieces(file) {
  if (file.size > MAX_BYTES) throw new Failure("class.too-large");
  if (file.size === 0) throw new Failure("class.empty");
  const start = new Uint8Array(await file.slice(0, 65536).arrayBuffer());
  let encoding = "utf-8";
  if (start[0] === 0xff && start[1] === 0xfe) encoding = "utf-16le";
  else if (start[0] === 0xfe && start[1] === 0xff) encoding = "utf-16be";
  else if (start.includes(0)) throw new Failure("class.binary");
  else {
    try {
      new TextDecoder("utf-8", { fatal: true }).decode(start, { stream: true });
    } catch {
      encoding = "windows-1252";
    }
  }
  const decoder = new TextDecoder(encoding);
  let rest = "";
  for (let at = 0; at < file.size; at += PIECE) {
    const bytes = await file.slice(at, at + PIECE).arrayBuffer();
    const isLast = at + PIECE >= file.size;
    let text = rest + decoder.decode(bytes, { stream: !isLast });
    rest = "";
    if (!isLast) {
      const end = wholeRows(text);
      rest = text.slice(end);
      text = text.slice(0, end);
      if (rest.length > 16 * PIECE) throw new Failure("class.endless-row");
    }
    report((0.15 * Math.min(at + PIECE, file.size)) / file.size);
    if (text !== "") yield text;
  }
}

/** Where the last whole row of a text that starts with a row ends. */
function wholeRows(text) {
  if (!text.includes('"')) return text.lastIndexOf("\n") + 1;
  let isOpen = false;
  let end = 0;
  for (let at = 0; at < text.length; at += 1) {
    const letter = text.charCodeAt(at);
    if (letter === 34) isOpen = !isOpen;
    else if (letter === 10 && !isOpen) end = at + 1;
  }
  return end;
}

async function open({ file, preprocessor, model, level }) {
  await init();
  const schema = JSON.parse(preprocessor).schema;
  const texts = [];
  for await (const text of pieces(file)) texts.push(text);
  // Old Macs ended lines with a carriage return alone.
  if (!texts[0].includes("\n")) texts.forEach((text, place) => { texts[place] = text.replaceAll("\r", "\n"); });
  const end = rowEnd(texts[0], 0);
  const first = trimmed(end < 0 ? texts[0] : texts[0].slice(0, end));
  const delimiter = delimiterOf(first);
  const header = cellsOf(first, delimiter).cells.map((cell) => cell.trim());
  const columns = schema.columns.map((column) => ({
    ...column,
    codes: column.kind.categorical ? codesOf(column.kind.categorical.values) : null,
  }));
  const batch = new Batch(preprocessor, model);
  state = { texts, delimiter, header, columns, batch, level, target: schema.target, start: end < 0 ? texts[0].length : end + 1 };
  const mapping = matched(columns, header);
  if (mapping.includes(-1)) return { header, mapping };
  return { header, mapping, ...predict({ mapping }) };
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

function predict({ mapping }) {
  const { texts, delimiter, header, columns, target, batch, level } = state;
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
  const block = new Float64Array(BLOCK * columns.length);
  const truthPlace = matched([target], header)[0];
  const problems = [];
  let nProblems = 0;
  let [nRows, nBlock, line, done] = [0, 0, 1, 0];

  const wrong = (column, reason, values = {}) => {
    nProblems += 1;
    if (problems.length < MAX_PROBLEMS) problems.push({ line, column, reason, values });
  };
  const flush = () => {
    if (nBlock === 0) return;
    const cells = nBlock === BLOCK ? block : compact(block, nBlock, columns.length);
    const answer = batch.predict(cells, nBlock, level);
    const from = nRows - nBlock;
    values.set(answer.subarray(0, nBlock), from);
    lows.set(answer.subarray(nBlock, 2 * nBlock), from);
    highs.set(answer.subarray(2 * nBlock), from);
    for (let row = from; row < nRows; row += 1) {
      if (flags[row] & FLAG_BAD) values[row] = lows[row] = highs[row] = NaN;
    }
    nBlock = 0;
  };

  texts.forEach((text, piece) => {
    let at = piece === 0 ? state.start : 0;
    if (piece === 0) line += countLines(text, 0, at);
    // Looked for once and not for every row: there may be none up to the piece's end.
    let quote = text.indexOf('"', at);
    while (at < text.length) {
      if (quote >= 0 && quote < at) quote = text.indexOf('"', at);
      let end = text.indexOf("\n", at);
      if (quote >= 0 && (end < 0 || quote < end)) end = rowEnd(text, at);
      if (end < 0) end = text.length;
      const row = trimmed(text.slice(at, end));
      const from = at;
      at = end + 1;
      if (row.trim() === "") {
        line += 1;
        continue;
      }
      if (nRows === room) {
        room *= 2;
        [values, lows, highs, truths, flags, starts, ends, pieceOf, lines] =
          [values, lows, highs, truths, flags, starts, ends, pieceOf, lines].map(grown);
      }
      const { cells, problem } = cellsOf(row, delimiter);
      const isMalformed = problem !== null || cells.length !== header.length;
      let flag = isMalformed ? FLAG_BAD : 0;
      if (isMalformed) {
        if (problem !== null) wrong(null, problem);
        else wrong(null, "class.wrong-length", { found: cells.length, expected: header.length });
      }
      for (let place = 0; place < columns.length; place += 1) {
        const column = columns[place];
        const text = mapping[place] < 0 ? "" : (cells[mapping[place]] ?? "").trim();
        let cell;
        if (isMalformed) {
          // Which cell belongs to which column isn't known.
          cell = NaN;
        } else if (column.codes !== null) {
          cell = column.codes.get(text) ?? column.codes.get(text.toLowerCase());
          if (cell === undefined) {
            if (isBlank(text)) [cell, flag] = [NaN, flag | FLAG_BLANK];
            else [cell, flag] = [-1, flag | FLAG_UNSEEN];
          }
        } else if (isBlank(text)) {
          [cell, flag] = [NaN, flag | FLAG_BLANK];
        } else {
          cell = numberOf(text, delimiter);
          const { min, max } = column.kind.numeric.observed;
          if (Number.isNaN(cell)) {
            flag |= FLAG_BAD;
            wrong(column.label, "class.not-a-number", { found: text.slice(0, 40) });
          } else if (cell < min || cell > max) flag |= FLAG_OUTSIDE;
        }
        block[place * BLOCK + nBlock] = cell;
      }
      truths[nRows] = truthPlace >= 0 && !(flag & FLAG_BAD) ? numberOf((cells[truthPlace] ?? "").trim(), delimiter) : NaN;
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
        report(0.15 + (0.85 * (done + at)) / size);
      }
    }
    done += text.length;
  });
  flush();
  if (nRows === 0) throw new Failure("class.no-rows");
  Object.assign(state, { values, lows, highs, truths, flags, starts, ends, pieceOf, lines, nRows, problems, mapping });
  state.shown = Uint32Array.from({ length: nRows }, (_, row) => row);
  return { summary: { ...summary(), nProblems } };
}

function compact(block, nRows, nColumns) {
  const cells = new Float64Array(nRows * nColumns);
  for (let place = 0; place < nColumns; place += 1) {
    cells.set(block.subarray(place * BLOCK, place * BLOCK + nRows), place * nRows);
  }
  return cells;
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
  const { nRows, flags, values, lows, columns, mapping, delimiter } = state;
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
    const keys = column === "estimate" ? values : column === "low" ? lows : column === "flags" ? flags : keysOf(Number(column));
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

  /** What a column of the file is sorted by: numbers, or texts. */
  function keysOf(place) {
    const isNumeric = columns[place].codes === null;
    const keys = isNumeric ? new Float64Array(nRows) : new Array(nRows);
    for (let row = 0; row < nRows; row += 1) {
      const cell = (cellsOf(textOf(row), delimiter).cells[mapping[place]] ?? "").trim();
      keys[row] = isNumeric ? numberOf(cell, delimiter) : cell;
    }
    return keys;
  }
}

function rows({ from, count }) {
  const { shown, values, lows, highs, flags, lines, columns, mapping, delimiter } = state;
  const found = [];
  for (let place = from; place < Math.min(from + count, shown.length); place += 1) {
    const row = shown[place];
    const { cells } = cellsOf(textOf(row), delimiter);
    found.push({
      line: lines[row],
      cells: columns.map((_, column) => (cells[mapping[column]] ?? "").trim()),
      value: values[row],
      low: lows[row],
      high: highs[row],
      flags: flags[row],
    });
  }
  return { from, rows: found };
}

/** The file as it came with three columns and the flags' words behind it. */
function download({ names, flagNames }) {
  const { nRows, header, delimiter, values, lows, highs, flags } = state;
  const parts = [[...header, ...names].map((name) => written(name, delimiter)).join(delimiter) + "\n"];
  let part = "";
  const number = (value) => (Number.isNaN(value) ? "" : String(Number(value.toFixed(4))));
  for (let row = 0; row < nRows; row += 1) {
    const words = flagNames.filter((_, bit) => flags[row] & (1 << bit)).join(" ");
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
