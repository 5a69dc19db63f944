// What happens when the program, which all elements share, stops on a mistake of its own.
import { ScorecastError } from "../../module/js/error.js";

/** @import { ScorecastPredictor } from "./element.js" */

/**
 * The elements that are in a document.
 *
 * @type {Set<ScorecastPredictor>}
 */
export const connected = new Set();

/** @type {ScorecastError | undefined} */
let crash;

/** Why the program has stopped, if it has: it cannot go on, nor be started again in this page. */
export const crashed = () => crash;

/**
 * The program calls it when it panics.
 *
 * @param {string} details
 */
export function broken(details) {
  crash = new ScorecastError("broken", `the program stopped: ${details}`);
  for (const element of connected) element.fail(crash);
}
