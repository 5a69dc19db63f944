/** @import { Schema } from "./scorecast-core.js" */

/** The codes of blanks. */
export const BLANK_U8 = 0xff;
export const BLANK_U16 = 0xffff;

/** @param {unknown} value */
export const isBlank = (value) => value === null || value === undefined || value === "";

const DAY = 86_400_000;

/**
 * The date that many days after another: `2026-03-01`.
 *
 * @param {string} last
 * @param {number} days
 */
export const dayAfter = (last, days) => new Date(Date.parse(last) + Math.floor(days) * DAY).toISOString().slice(0, 10);

/**
 * The schema in the file, with the fields of each column's kind moved into the column, frozen. Derived columns, which
 * come after all inputs, are left out.
 *
 * @param {string} preprocessorJson
 * @returns {Schema}
 */
export function readSchema(preprocessorJson) {
  const { target, columns, ...more } = JSON.parse(preprocessorJson).schema;
  /** @param {{ kind: { [name: string]: any }, date?: { days?: { last: string } } }} column */
  const flat = ({ kind, date, ...column }) => {
    const [[name, facts] = []] = Object.entries(kind);
    if (date?.days === undefined) return { ...column, kind: name, ...facts };
    const { last } = date.days;
    const { observed, median } = facts;
    const [min, max, middle] = [observed.min, observed.max, median].map((days) => dayAfter(last, days));
    return { ...column, kind: "date", last, observed: { min, max }, median: middle };
  };
  /** @param {{ date?: { days?: object } }} column */
  const isInput = ({ date }) => date === undefined || date.days !== undefined;
  return deepFreeze({ ...more, target, columns: columns.filter(isInput).map(flat) });
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
 * A Map from category text to code for each column; null for numbers and dates.
 *
 * @param {Schema} schema
 */
export function categoryCodes(schema) {
  return schema.columns.map((column) =>
    column.kind === "categorical" ? new Map(column.values.map((value, code) => [value, code])) : null,
  );
}
