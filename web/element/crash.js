// Handles a panic of the program, which all elements share.
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

/** The error after a panic: the program can neither go on nor be restarted in this page. */
export const crashed = () => crash;

/**
 * Called by the program when it panics.
 *
 * @param {string} details
 */
export function broken(details) {
  crash = new ScorecastError("broken", `the program stopped: ${details}`);
  for (const element of connected) element.fail(crash);
}
