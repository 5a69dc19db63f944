import { ScorecastError } from "./error.js";

export const DEFAULT_LEVEL = 90;

/** @param {number} level */
export function checkLevel(level) {
  if (typeof level === "number" && level >= 50 && level <= 99) return;
  throw new ScorecastError("wrong-type", "a level is a number from 50 to 99, in percent");
}

/** @param {"error" | "other"} unseen */
export function isAllowed(unseen) {
  if (unseen === "error" || unseen === "other") return unseen === "other";
  throw new ScorecastError("wrong-type", '`unseen` is "error" or "other"');
}
