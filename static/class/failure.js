/** A problem with a file: the key of a text, and the values for its placeholders. */
export class Failure extends Error {
  /**
   * @param {string} key
   * @param {{ [name: string]: unknown }} values
   */
  constructor(key, values = {}) {
    super(key);
    this.values = values;
  }
}

/**
 * The text key for each error code of the reader.
 *
 * @type {{ [code: string]: string }}
 */
const TEXTS = {
  "read-failed": "class.failed",
  "no-table": "class.no-table",
  empty: "class.empty",
  "no-rows": "class.no-rows",
  "header-is-data": "class.header-is-data",
  "not-utf8": "class.not-utf8",
  "duplicate-column": "class.duplicate-column",
  "open-quote": "class.open-quote",
  "endless-row": "class.endless-row",
  "ambiguous-number": "class.ambiguous-number",
  "ambiguous-date": "class.ambiguous-date",
};

/**
 * @param {unknown} problem What was thrown: the reader throws JSON.
 */
export function asFailure(problem) {
  if (problem instanceof Failure) return problem;
  if (typeof problem === "string" && problem.startsWith("{")) {
    const { code, message, figures } = JSON.parse(problem);
    const key = TEXTS[code];
    if (key !== undefined) return new Failure(key, figures);
    return new Failure("class.failed", { problem: message });
  }
  return new Failure("class.failed", { problem: problem instanceof Error ? problem.message : String(problem) });
}
