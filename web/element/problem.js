// Converts what the program throws to an error.
import { ScorecastError } from "../../module/js/error.js";

/** @import { ErrorCode } from "./scorecast.js" */

/**
 * Thrown by the program if a record or a model can't be used.
 *
 * @typedef {{ code: ErrorCode, message: string, field?: string, file?: string }} Problem
 */

/**
 * The error for what the program threw.
 *
 * @param {unknown} error
 */
export function fromProgram(error) {
  const { code, message, field, file } = /** @type {Partial<Problem>} */ (error);
  return code === undefined || message === undefined ? error : new ScorecastError(code, message, { field, file });
}
