// Finds the row that names the columns.
import { cellsOf, delimiterOf, matched, rowEnd } from "./csv.js";
import { Failure } from "./read.js";

/**
 * @typedef {{ readonly name: string, readonly label: string }} Named
 *
 * @typedef Header
 * @property {string[]} header
 * @property {string} delimiter
 * @property {number} start Where the next row starts.
 * @property {number} firstLine The line of the next row.
 * @property {number} line The header's own line.
 * @property {boolean} isFirst Whether nothing stands above it.
 */

/** Rows among which the header is looked for. */
const MOST_ABOVE = 20;

/**
 * The row that names the columns: of the first ones the first that names most of them, since titles may stand above it.
 * Its cells, the delimiter, where the next row starts, and both rows' lines.
 *
 * @param {string} text
 * @param {string | undefined} known The delimiter, where it is known.
 * @param {readonly Named[]} columns
 */
export function findHeader(text, known, columns) {
  let [at, line] = [0, 1];
  /** @type {Header & { n: number } | undefined} */
  let best;
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
    const n = matched(columns, header).filter((columnIdx) => columnIdx >= 0).length;
    if (best === undefined || n > best.n) best = { n, header, delimiter, start: at, firstLine: line, line: ownLine, isFirst: nRows === 1 };
  }
  if (best === undefined) throw new Failure("class.empty");
  return best;
}

/** @param {string} row */
export const trimmed = (row) => (row.endsWith("\r") ? row.slice(0, -1) : row);

/**
 * @param {string} text
 * @param {number} from
 * @param {number} to
 */
export function countLines(text, from, to) {
  let n = 0;
  for (let at = text.indexOf("\n", from); at >= 0 && at < to; at = text.indexOf("\n", at + 1)) n += 1;
  return n;
}
