/** @import { Found } from "../../training/js/scorecast-train.js" */

/**
 * What was chosen for a file, kept while steps are gone back and forth.
 *
 * @typedef Choices
 * @property {string} target
 * @property {string} low Text, as it was entered; "" for none.
 * @property {string} high
 * @property {Set<string>} dropped
 * @property {Set<string>} sensitive
 * @property {Set<string>} actionable
 * @property {"quick" | "normal" | "thorough"} effort
 * @property {boolean} isForced Whether a model is wanted that explains little.
 */

/**
 * @param {Found} found
 * @returns {Choices}
 */
export const firstChoices = (found) => ({
  target: found.guess?.column ?? "",
  low: "",
  high: "",
  dropped: new Set(),
  sensitive: new Set(),
  actionable: new Set(),
  effort: "normal",
  isForced: false,
});

/**
 * What `scorecast.toml` would say.
 *
 * @param {Choices} choices
 */
export function settings({ target, low, high, dropped, sensitive, actionable, effort, isForced }) {
  /** @type {{ [name: string]: { [key: string]: true } }} */
  const columns = {};
  for (const [key, names] of Object.entries({ drop: dropped, sensitive, actionable })) {
    for (const name of names) if (name !== target) (columns[name] ??= {})[key] = true;
  }
  const hasScale = low !== "" && high !== "";
  return {
    target,
    ...(hasScale ? { limits: `${Number(low)}:${Number(high)}` } : {}),
    ...(Object.keys(columns).length > 0 ? { columns } : {}),
    ...(isForced ? { gates: { min_r2: LEAST } } : {}),
    search: { effort },
  };
}

/** A bar that every model passes. */
const LEAST = -1e9;

/**
 * Whether the scale can be one: both ends or none, and in their order.
 *
 * @param {Choices} choices
 */
export const isScale = ({ low, high }) => (low === "" && high === "") || (low !== "" && high !== "" && Number(low) < Number(high));
