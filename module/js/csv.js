import { ScorecastError } from "./error.js";
import { OpenFile } from "./record_file.js";

/** @import { CsvOptions, CsvProblem, CsvReport, FileSource, Schema, WasmSource } from "./scorecast-core.js" */

const BAD = 8;

/**
 * Reads a file block by block; `take` gets the columns of each, and returns its values.
 *
 * @param {string} preprocessorJson
 * @param {Schema} schema
 * @param {{ source: FileSource, wasm: WasmSource | undefined, isUnseenAllowed: boolean }} from
 * @param {CsvOptions} options
 * @param {(columns: (Float64Array | Uint16Array)[], nRows: number) => Float64Array} take
 */
export async function readRecords(preprocessorJson, schema, { source, wasm, isUnseenAllowed }, options, take) {
  const { blank = [], decimal, dates, name = "the file", sheet, headerRow, skipRows, comment, signal } = options;
  const how = { sheet, headerRow, skipRows, comment };
  const file = await OpenFile.open(name, preprocessorJson, pieces(source, signal), { wasm, ...how });
  try {
    const { header, line, fields, missing, doubtful } = file.header;
    const names = `the header has ${header.map((found) => `"${found}"`).join(", ")}`;
    const lacking = missing.find((column) => !blank.includes(column));
    if (lacking !== undefined) {
      const message = `line ${line}: column "${lacking}" is not there; ${names}; name it in \`blank\` to take it for blank in all rows`;
      throw new ScorecastError("missing-column", message, { field: lacking });
    }
    const unclear = doubtful[0];
    if (unclear !== undefined) {
      const message = `line ${line}: column "${unclear.column}" may be any of ${unclear.found.map((found) => `"${found}"`).join(", ")}`;
      throw new ScorecastError("duplicate-column", message, { field: unclear.column });
    }
    await file.choose(fields, { decimal, dates });
    /** @type {Float64Array[]} */
    const blocks = [];
    /** @type {CsvProblem[]} */
    const problems = [];
    /** @type {CsvProblem[]} */
    const remarks = [];
    let nRead = 0;
    for (let n; (n = await file.next()) >= 0; ) {
      const columns = schema.columns.map(({ kind }, idx) => file.column(idx, kind !== "categorical", n));
      const values = take(columns, n);
      file.flags(n).forEach((flags, row) => {
        if (flags & BAD || !Number.isFinite(values[row])) values[row] = NaN;
      });
      blocks.push(values);
      for (const { row, line, column, code, isBad, figures } of file.problems()) {
        const problem = { row, line, column: column ?? undefined, code, reason: REASONS[code](figures, column) };
        if (isBad) problems.push(problem);
        else if (isUnseenAllowed || code !== "unknown-category") remarks.push(problem);
        else {
          problems.push(problem);
          values[row - nRead] = NaN;
        }
      }
      nRead += n;
    }
    /** @type {CsvReport} */
    const report = file.report();
    const ignored = header.filter((_, at) => !fields.includes(at));
    return { values: joined(blocks), problems, remarks, ignored, report };
  } finally {
    file.free();
  }
}

/** @type {{ [code: string]: (figures: { [name: string]: string }, column: string | null) => string }} */
const REASONS = {
  "not-a-number": ({ found }, column) => `column "${column}": "${found}" is not a number`,
  "not-a-date": ({ found }, column) => `column "${column}": "${found}" is not a date`,
  "unknown-category": ({ found }, column) => `column "${column}": "${found}" was not seen in training`,
  "wrong-length": ({ found, expected }) => `the row has ${found} cells, the header has ${expected}`,
};

/** @param {Float64Array[]} blocks */
function joined(blocks) {
  const values = new Float64Array(blocks.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const block of blocks) {
    values.set(block, at);
    at += block.length;
  }
  return values;
}

/**
 * The bytes of a text, a file, a response, a stream or another (async) iterable, of text or of bytes.
 *
 * @param {FileSource} source
 * @param {AbortSignal | undefined} signal
 * @returns {AsyncGenerator<Uint8Array>}
 */
async function* pieces(source, signal) {
  const encoder = new TextEncoder();
  // The first half of a surrogate pair that is split between two pieces.
  let half = "";
  for await (const piece of parts(source)) {
    signal?.throwIfAborted();
    if (typeof piece !== "string") {
      yield piece;
      continue;
    }
    const text = half + piece;
    half = /[\ud800-\udbff]$/.test(text) ? text.slice(-1) : "";
    yield encoder.encode(text.slice(0, text.length - half.length));
  }
  if (half !== "") yield encoder.encode(half);
}

/**
 * @param {FileSource} source
 * @returns {AsyncIterable<Uint8Array | string> | Iterable<Uint8Array | string>}
 */
function parts(source) {
  if (typeof source === "string" || source instanceof Uint8Array) return [source];
  if (source instanceof ArrayBuffer) return [new Uint8Array(source)];
  if (source instanceof Response) {
    if (!source.ok) throw new ScorecastError("read-failed", `the server answers ${source.status}`);
    return source.body === null ? [] : chunks(source.body.getReader());
  }
  const stream = source instanceof Blob ? source.stream() : source;
  if (typeof stream !== "object" || stream === null) throw new ScorecastError("wrong-type", NO_FILE);
  if ("getReader" in stream) return chunks(stream.getReader());
  if (Symbol.asyncIterator in stream || Symbol.iterator in stream) return stream;
  throw new ScorecastError("wrong-type", NO_FILE);
}

const NO_FILE = "expected a file: its text or bytes, a Blob, a Response, or a stream of text or bytes";

/**
 * @param {ReadableStreamDefaultReader<Uint8Array> | ReadableStreamDefaultReader<string>} reader
 * @returns {AsyncGenerator<Uint8Array | string>}
 */
async function* chunks(reader) {
  try {
    for (let step; !(step = await reader.read()).done; ) yield step.value;
  } finally {
    reader.releaseLock();
  }
}
