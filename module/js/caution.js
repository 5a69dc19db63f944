/** @import { Caution } from "./scorecast-core.js" */

/** @type {{ [code: string]: readonly string[] }} */
const FIGURES = {
  "outside-range": ["value", "min", "max"],
  "few-rows": ["category", "rows"],
  "blank": ["imputed"],
  "unusual-combination": ["distance", "usual"],
};

/**
 * @param {string} code
 * @param {string | undefined} field
 * @param {readonly unknown[]} values
 * @returns {Caution}
 */
export function cautionOf(code, field, values) {
  const figures = (FIGURES[code] ?? []).map((name, idx) => [name, values[idx]]);
  return /** @type {Caution} */ ({ code, field, ...Object.fromEntries(figures) });
}
