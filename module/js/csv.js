const QUOTE = '"';
/** In UTF-16 units; a longer row is a quote left open. */
const LONGEST_ROW = 1 << 24;
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;

/** Cuts CSV text (RFC 4180) that comes in pieces into rows; `onRow(cells, line, problem)` gets each. */
class CsvRows {
  #delimiter;
  #onRow;
  #rest = "";
  #line = 1;

  constructor(delimiter, onRow) {
    this.#delimiter = delimiter;
    this.#onRow = onRow;
  }

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

  /** Reads the row that starts at `from`: where the next one starts, or -1 if this one isn't whole yet. */
  #row(text, from, isLast) {
    const cells = [];
    let [at, nLines, problem] = [from, 0, null];
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
        for (let place = cell.indexOf("\n"); place >= 0; place = cell.indexOf("\n", place + 1)) nLines += 1;
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

  #ends(letter) {
    return letter === this.#delimiter || letter === "\n" || letter === "\r";
  }
}

/** The place of the quote that ends the cell whose text starts at `from`, or -1; a doubled quote is text. */
function closingQuote(text, from) {
  for (let at = from; ; at += 2) {
    at = text.indexOf(QUOTE, at);
    if (at < 0 || text[at + 1] !== QUOTE) return at;
  }
}

/** The pieces of a text, a ReadableStream or another (async) iterable, of text or of UTF-8 bytes. */
async function* pieces(source) {
  if (typeof source === "string") {
    yield source;
    return;
  }
  const decoder = new TextDecoder();
  for await (const piece of source.getReader ? chunks(source.getReader()) : source) {
    yield typeof piece === "string" ? piece : decoder.decode(piece, { stream: true });
  }
  yield decoder.decode();
}

async function* chunks(reader) {
  try {
    for (let step; !(step = await reader.read()).done; ) yield step.value;
  } finally {
    reader.releaseLock();
  }
}
