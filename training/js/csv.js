import { TrainingError } from "./session.js";

/** @import { Columns } from "./scorecast-train.js" */

/**
 * Columns as the text of a CSV file, so that they are read like a file, with the same report.
 *
 * @param {Columns} columns
 */
export function csvOf(columns) {
  const names = Object.keys(columns);
  const lengths = names.map((name) => columns[name]?.length ?? 0);
  const nRows = lengths[0] ?? 0;
  const other = lengths.findIndex((length) => length !== nRows);
  if (other >= 0) {
    const message = `column "${names[other]}" has ${lengths[other]} rows, "${names[0]}" has ${nRows}: they must be as many`;
    throw new TrainingError({ code: "wrong-type", message, figures: {} });
  }
  const lines = [names.map(quoted).join(",")];
  for (let row = 0; row < nRows; row += 1) lines.push(names.map((name) => cellOf(columns[name]?.[row])).join(","));
  return `${lines.join("\n")}\n`;
}

/** @param {unknown} cell */
const cellOf = (cell) => (cell === null || cell === undefined || cell !== cell ? "" : typeof cell === "number" ? String(cell) : quoted(String(cell)));

/** @param {string} text */
const quoted = (text) => `"${text.replaceAll('"', '""')}"`;
