// Records from pages and frameworks.
import { ScorecastError } from "../../module/js/error.js";

/** @import { RecordLike } from "./scorecast.js" */

/** The text of an object that was written to an attribute. */
export const OBJECT_AS_TEXT = String({});

/**
 * The record that React tried to set before the element's script was loaded: React writes unknown properties as
 * attributes, in which an object is lost, and sets them again only when they change. React stores its props at the
 * element; if a release no longer does, the attribute's warning says what to do.
 *
 * @param {HTMLElement} element
 * @returns {RecordLike | undefined}
 */
export function recordInReact(element) {
  if (element.getAttribute("record") !== OBJECT_AS_TEXT) return undefined;
  const key = Object.keys(element).find((name) => name.startsWith("__reactProps$"));
  const record = key === undefined ? undefined : /** @type {any} */ (element)[key]?.record;
  return typeof record === "object" && record !== null ? record : undefined;
}

/**
 * Parses a record in JSON text.
 *
 * @param {string} text
 * @returns {RecordLike}
 * @throws {ScorecastError} If it is not a record.
 */
export function parseRecord(text) {
  try {
    const record = JSON.parse(text);
    if (typeof record === "object") return record;
  } catch {
    // Reported below.
  }
  const message = `the record can't be read (as JSON text it is like {"column": "value"}): it is no JSON object`;
  throw new ScorecastError("wrong-type", message);
}

/**
 * Whether a record equals the shown one.
 *
 * @param {RecordLike} record
 * @param {{ readonly [column: string]: number | string | null } | undefined} shown
 */
export function isSame(record, shown) {
  if (shown === undefined || Object.keys(record).some((name) => !(name in shown))) return false;
  return Object.entries(shown).every(([name, cell]) => (record[name] ?? null) === cell);
}
