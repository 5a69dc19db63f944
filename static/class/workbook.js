// The class with its estimates as an Excel workbook, if the file was one. Loaded on demand.
import writeExcelFile from "write-excel-file/universal";

/** @import { Cell } from "write-excel-file/universal" */

/** Maximum length of a cell's text. */
const MOST_LETTERS = 32767;
/** Numbers as programs write them; codes such as 007, and numbers with more digits than a float holds, are texts. */
const NUMBER = /^-?(?:0|[1-9]\d{0,14})(?:\.\d+)?(?:[eE][+-]?\d{1,3})?$/;
const DAY = /^\d{4}-\d{2}-\d{2}$/;

/**
 * @param {string[]} header
 * @param {Iterable<(string | number)[]>} rows Texts as displayed, numbers as numbers; NaN is blank.
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
  // Texts in a workbook are not evaluated, so there is no formula injection.
  return { value: content.slice(0, MOST_LETTERS), type: String };
}
