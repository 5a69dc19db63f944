/** Rows that are predicted at a time. */
const CSV_BLOCK = 4096;

/** The rows of a CSV file on their way to predictions: nothing is guessed, and no row is dropped. */
class CsvPrediction {
  #predictor;
  #schema;
  #delimiter;
  #parse;
  /** For each cell of a row the place of its column, or undefined. */
  #layout;
  #header;
  #codes;
  #block;
  /** The rows of the block that have a problem. */
  #bad = new Set();
  #nBlock = 0;
  #nRows = 0;
  #values = [];
  #problems = [];

  constructor(predictor, schema, delimiter, parse) {
    if (typeof delimiter !== "string" || delimiter.length !== 1 || '"\r\n'.includes(delimiter)) {
      throw new ScorecastError("wrong-type", "a delimiter is one letter such as ; and no quote or line end");
    }
    this.#predictor = predictor;
    this.#schema = schema;
    this.#delimiter = delimiter;
    this.#parse = parse;
    this.#codes = categoryCodes(schema);
    this.#block = this.#codes.map((codes) => new (codes === null ? Float64Array : Uint16Array)(CSV_BLOCK));
  }

  /** Takes the next row: the first is the header. */
  add(cells, line, problem) {
    if (this.#layout === undefined) {
      this.#readHeader(cells, line, problem);
      return;
    }
    const row = this.#nBlock;
    const wrong = (code, reason, column) => {
      this.#bad.add(row);
      this.#problems.push({ row: this.#nRows, line, column, code, reason });
    };
    this.#codes.forEach((_, place) => this.#set(place, row, NaN));
    if (problem !== null) wrong("malformed-row", problem);
    else if (cells.length !== this.#header.length) {
      wrong("wrong-length", `the row has ${cells.length} cells, the header has ${this.#header.length}`);
    } else {
      this.#layout.forEach((place, at) => {
        if (place === undefined) return;
        try {
          this.#set(place, row, this.#cell(place, cells[at]));
        } catch (error) {
          if (!(error instanceof ScorecastError)) throw error;
          wrong(error.code, error.message, error.field);
        }
      });
    }
    this.#nBlock += 1;
    this.#nRows += 1;
    if (this.#nBlock === CSV_BLOCK) this.#flush();
  }

  finish() {
    if (this.#layout === undefined) {
      throw new ScorecastError("empty-csv", "the CSV is empty; its first line has to name the columns");
    }
    this.#flush();
    const values = new Float64Array(this.#nRows);
    this.#values.forEach((block, at) => values.set(block, at * CSV_BLOCK));
    const ignored = this.#header.filter((_, at) => this.#layout[at] === undefined);
    return { values, problems: this.#problems, ignored };
  }

  #readHeader(header, line, problem) {
    const place = (name) => this.#schema.columns.findIndex((column) => column.name === name);
    for (const { name } of this.#schema.columns) {
      const n = header.filter((found) => found === name).length;
      if (n === 1 && problem === null) continue;
      const names = `the header has ${header.map((found) => `"${found}"`).join(", ")}`;
      const hint = header.length === 1 ? `; is "${this.#delimiter}" the delimiter?` : "";
      const [code, found] = n > 1 ? ["duplicate-column", `${n} times`] : ["missing-column", "not"];
      throw problem === null
        ? new ScorecastError(code, `line ${line}: column "${name}" is ${found} there; ${names}${hint}`, { field: name })
        : new ScorecastError("malformed-row", `line ${line}: ${problem}`);
    }
    this.#header = header;
    this.#layout = header.map(place).map((found) => (found < 0 ? undefined : found));
  }

  #cell(place, text) {
    const codes = this.#codes[place];
    if (codes === null) return NUMBER.test(text) && Number.isFinite(+text) ? +text : this.#parse(place, text);
    return codes.get(text) ?? this.#parse(place, text);
  }

  #set(place, row, cell) {
    this.#block[place][row] = this.#codes[place] !== null && Number.isNaN(cell) ? BLANK_U16 : cell;
  }

  #flush() {
    if (this.#nBlock === 0) return;
    const columns = Object.fromEntries(
      this.#schema.columns.map(({ name }, place) => [name, this.#block[place].subarray(0, this.#nBlock)]),
    );
    const values = this.#predictor.predictMany(columns);
    for (const row of this.#bad) values[row] = NaN;
    this.#values.push(values);
    this.#bad.clear();
    this.#nBlock = 0;
  }
}
