// The class with its estimates as an Excel workbook, for a file that came as one. Loaded when it is asked for.
import writeExcelFile from "write-excel-file/universal";

/** @import { Cell } from "write-excel-file/universal" */

/** Letters that a cell holds. */
const MOST_LETTERS = 32767;
/** Numbers as programs write them; codes such as 007, and more digits than a number keeps, are texts. */
const NUMBER = /^-?(?:0|[1-9]\d{0,14})(?:\.\d+)?(?:[eE][+-]?\d{1,3})?$/;
const DAY = /^\d{4}-\d{2}-\d{2}$/;

/**
 * @param {string[]} header
 * @param {Iterable<(string | number)[]>} rows Texts as they are shown, numbers as such; NaN is blank.
 * @returns {Promise<Blob>}
 */
export function workbook(header, rows) {
  /** @type {Cell[][]} */
  const table = [header.map((name) => ({ value: name, fontWeight: "bold" }))];
  for (const row of rows) table.push(row.map(cell));
  return writeExcelFile(table).toBlob();
}

/**
 * @param {string | number} content
 * @returns {Cell}
 */
function cell(content) {
  if (typeof content === "number") return Number.isFinite(content) ? { value: content } : null;
  if (content === "") return null;
  if (NUMBER.test(content)) return { value: Number(content) };
  if (content.endsWith("%") && NUMBER.test(content.slice(0, -1).trimEnd())) {
    return { value: Number(content.slice(0, -1)) / 100, format: "0.##%" };
  }
  if (DAY.test(content) && !Number.isNaN(Date.parse(content))) return { value: new Date(content), format: "yyyy-mm-dd" };
  // A workbook's texts are not calculated, so that nothing needs to be defused.
  return { value: content.slice(0, MOST_LETTERS), type: String };
}
