/** @import { Found } from "../../training/js/scorecast-train.js" */

/**
 * The choices for a file, kept when moving between steps.
 *
 * @typedef Choices
 * @property {string} target
 * @property {string} low As typed; "" for none.
 * @property {string} high
 * @property {Set<string>} dropped
 * @property {Set<string>} sensitive
 * @property {Set<string>} actionable
 * @property {"quick" | "normal" | "thorough"} effort
 * @property {boolean} isForced Whether a model is wanted even if it explains little.
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
 * The settings as in `scorecast.toml`.
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

/** A threshold that every model passes. */
const LEAST = -1e9;

/**
 * Whether the scale is valid: both ends or none, in ascending order.
 *
 * @param {Choices} choices
 */
export const isScale = ({ low, high }) => (low === "" && high === "") || (low !== "" && high !== "" && Number(low) < Number(high));
