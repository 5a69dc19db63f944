// Records as pages and frameworks give them.
import { ScorecastError } from "../../module/js/error.js";

/** @import { RecordLike } from "./scorecast.js" */

/** What becomes of a record where something writes an object into an attribute. */
export const OBJECT_AS_TEXT = String({});

/**
 * The record that React meant to set while the element's script had not run: it writes what an element does not have yet
 * into an attribute, where an object is lost, and sets it again only once it changes. It keeps each element's properties
 * beside it; where a release of React no longer does so, the attribute's warning says what to do.
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
 * The record that JSON text says.
 *
 * @param {string} text
 * @returns {RecordLike}
 * @throws {ScorecastError} Where it says none.
 */
export function parseRecord(text) {
  try {
    const record = JSON.parse(text);
    if (typeof record === "object") return record;
  } catch {
    // Said below.
  }
  const message = `the record can't be read (as JSON text it is like {"column": "value"}): it is no JSON object`;
  throw new ScorecastError("wrong-type", message);
}

/**
 * Whether a record says nothing else than what is shown.
 *
 * @param {RecordLike} record
 * @param {{ readonly [column: string]: number | string | null } | undefined} shown
 */
export function isSame(record, shown) {
  if (shown === undefined || Object.keys(record).some((name) => !(name in shown))) return false;
  return Object.entries(shown).every(([name, cell]) => (record[name] ?? null) === cell);
}
