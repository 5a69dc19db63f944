/** What can go wrong, with a `code` for programs and the name of the `field` (column) or `file` it is about. */
class ScorecastError extends Error {
  constructor(code, message, { field, file, row, cause } = {}) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = "ScorecastError";
    this.code = code;
    this.field = field;
    this.file = file;
    this.row = row;
  }
}

/** The error in a line from the WebAssembly half: code, file or "-", message. A trap there is a fault of ours. */
function fromCore(line, field) {
  if (line instanceof WebAssembly.RuntimeError) {
    const message = `a fault in scorecast-core (${line.message}): please report it; load the predictor again`;
    return new ScorecastError("internal", message, { field, cause: line });
  }
  if (typeof line !== "string") return line;
  const [, code, file, message] = /^(\S+) (\S+) ([^]*)$/.exec(line);
  return new ScorecastError(code, message, { field, file: file === "-" ? undefined : file });
}
