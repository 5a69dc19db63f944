/** @import { ErrorCode } from "./scorecast-core.js" */

/**
 * Everything that can go wrong, with a `code` for programs and the name of the `field` (column) or `file` that it
 * concerns.
 */
export class ScorecastError extends Error {
  /** @readonly @type {"ScorecastError"} */
  name = "ScorecastError";

  /**
   * @param {ErrorCode} code
   * @param {string} message
   * @param {{ field?: string | undefined, file?: string | undefined, row?: number | undefined, cause?: unknown }} [about]
   */
  constructor(code, message, { field, file, row, cause } = {}) {
    super(message, cause === undefined ? undefined : { cause });
    /** @readonly */
    this.code = code;
    /** @readonly */
    this.field = field;
    /** @readonly */
    this.file = file;
    /** @readonly */
    this.row = row;
  }
}

/**
 * Converts the JSON from the file reader to an error, or returns what a stream threw.
 *
 * @param {unknown} answer
 */
export function fromReader(answer) {
  if (answer instanceof ScorecastError) return answer;
  if (typeof answer !== "string") {
    const message = `reading the file failed: ${answer instanceof Error ? answer.message : answer}`;
    return new ScorecastError("read-failed", message, { cause: answer });
  }
  const { code, message, column } = JSON.parse(answer);
  return new ScorecastError(code === "empty" ? "empty-csv" : code, message, { field: column ?? undefined });
}

/**
 * Converts a line from the WebAssembly half to an error: code, file or "-", message. A trap there is a bug of ours.
 *
 * @param {unknown} line
 * @param {string} [field]
 */
export function fromCore(line, field) {
  if (line instanceof WebAssembly.RuntimeError) {
    const message = `a fault in scorecast-core (${line.message}): please report it; load the predictor again`;
    return new ScorecastError("internal", message, { field, cause: line });
  }
  const parts = typeof line === "string" ? /^(\S+) (\S+) ([^]*)$/.exec(line) : null;
  if (parts === null) return line;
  const [, code, file, message = ""] = parts;
  return new ScorecastError(/** @type {ErrorCode} */ (code), message, { field, file: file === "-" ? undefined : file });
}
