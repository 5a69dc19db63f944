/** @import { Schema } from "./scorecast-core.js" */

/** The blanks among codes. */
export const BLANK_U8 = 0xff;
export const BLANK_U16 = 0xffff;

/** @param {unknown} value */
export const isBlank = (value) => value === null || value === undefined || value === "";

/**
 * The schema as the file has it, with each column's kind laid flat, frozen.
 *
 * @param {string} preprocessorJson
 * @returns {Schema}
 */
export function readSchema(preprocessorJson) {
  const { target, columns, ...more } = JSON.parse(preprocessorJson).schema;
  /** @param {{ kind: { [name: string]: object } }} column */
  const flat = ({ kind, ...column }) => {
    const [[name, facts] = []] = Object.entries(kind);
    return { ...column, kind: name, ...facts };
  };
  return deepFreeze({ ...more, target, columns: columns.map(flat) });
}

/**
 * @template T
 * @param {T} value
 * @returns {T}
 */
function deepFreeze(value) {
  if (typeof value === "object" && value !== null) Object.values(Object.freeze(value)).forEach(deepFreeze);
  return value;
}

/**
 * A Map from category text to code for each column; null for numbers.
 *
 * @param {Schema} schema
 */
export function categoryCodes(schema) {
  return schema.columns.map((column) =>
    column.kind === "categorical" ? new Map(column.values.map((value, code) => [value, code])) : null,
  );
}
