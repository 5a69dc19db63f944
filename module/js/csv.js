import { ScorecastError } from "./error.js";

/** @import { TextStream } from "./scorecast-core.js" */

const QUOTE = '"';
/** In UTF-16 units; a longer row is a quote left open. */
const LONGEST_ROW = 1 << 24;

/**
 * Gets a row: its cells, the line that it starts at, and what is wrong with its quotes.
 *
 * @callback OnRow
 * @param {string[]} cells
 * @param {number} line
 * @param {string | null} problem
 */

/** Cuts CSV text (RFC 4180) that comes in pieces into rows. */
export class CsvRows {
  #delimiter;
  #onRow;
  #rest = "";
  #line = 1;

  /**
   * @param {string} delimiter
   * @param {OnRow} onRow
   */
  constructor(delimiter, onRow) {
    this.#delimiter = delimiter;
    this.#onRow = onRow;
  }

  /**
   * @param {string} text
   * @param {boolean} isLast
   */
  push(text, isLast) {
    const all = this.#rest + text;
    let from = 0;
    while (from < all.length) {
      const next = this.#row(all, from, isLast);
      if (next < 0) break;
      from = next;
    }
    this.#rest = all.slice(from);
    if (this.#rest.length > LONGEST_ROW) {
      const message = `line ${this.#line}: the row that starts here does not end; is a quote left open?`;
      throw new ScorecastError("endless-row", message);
    }
  }

  /**
   * Reads the row that starts at `from`: where the next one starts, or -1 if this one isn't whole yet.
   *
   * @param {string} text
   * @param {number} from
   * @param {boolean} isLast
   */
  #row(text, from, isLast) {
    const cells = [];
    let at = from;
    let nLines = 0;
    /** @type {string | null} */
    let problem = null;
    for (;;) {
      let cell;
      if (text[at] === QUOTE) {
        const close = closingQuote(text, at + 1);
        if (close < 0 || (close + 1 === text.length && !isLast)) {
          if (!isLast) return -1;
          problem = "a quote is opened and never closed";
          cell = text.slice(at + 1);
          at = text.length;
        } else {
          cell = text.slice(at + 1, close).replaceAll('""', QUOTE);
          at = close + 1;
        }
        for (let end = cell.indexOf("\n"); end >= 0; end = cell.indexOf("\n", end + 1)) nLines += 1;
      }
      let end = at;
      while (end < text.length && !this.#ends(text[end])) end += 1;
      if (cell === undefined) cell = text.slice(at, end);
      else if (end > at) problem = `${text.slice(at, end)} follows a closing quote`;
      cells.push(cell);
      at = end + 1;
      if (text[end] === this.#delimiter) continue;
      if (end >= text.length ? !isLast : text[end] === "\r" && end + 1 === text.length && !isLast) return -1;
      if (text[end] === "\r" && text[at] === "\n") at += 1;
      const isEmpty = cells.length === 1 && cells[0] === "" && text[from] !== QUOTE;
      const line = this.#line;
      this.#line += nLines + 1;
      if (!isEmpty) this.#onRow(cells, line, problem);
      return Math.min(at, text.length);
    }
  }

  /** @param {string | undefined} letter */
  #ends(letter) {
    return letter === this.#delimiter || letter === "\n" || letter === "\r";
  }
}

/**
 * The index of the quote that ends the cell whose text starts at `from`, or -1; a doubled quote is text.
 *
 * @param {string} text
 * @param {number} from
 */
function closingQuote(text, from) {
  for (let at = from; ; at += 2) {
    at = text.indexOf(QUOTE, at);
    if (at < 0 || text[at + 1] !== QUOTE) return at;
  }
}

/**
 * The pieces of a text, a ReadableStream or another (async) iterable, of text or of UTF-8 bytes.
 *
 * @param {string | TextStream} source
 */
export async function* pieces(source) {
  if (typeof source === "string") {
    yield source;
    return;
  }
  const decoder = new TextDecoder();
  for await (const piece of "getReader" in source ? chunks(source.getReader()) : source) {
    yield typeof piece === "string" ? piece : decoder.decode(piece, { stream: true });
  }
  yield decoder.decode();
}

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
