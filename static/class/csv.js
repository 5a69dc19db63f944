// Reads CSV text (RFC 4180) row by row, forgiving about delimiters, line ends, encodings and spelling.

/**
 * The delimiter that a header has most of.
 *
 * @param {string} header
 */
export function delimiterOf(header) {
  let best = ",";
  let most = 0;
  for (const delimiter of [",", ";", "\t", "|"]) {
    const n = header.split(delimiter).length;
    if (n > most) [best, most] = [delimiter, n];
  }
  return best;
}

/**
 * Cuts one row's text, line ends included or not, into cells; `problem` is set where its quotes don't fit.
 *
 * @param {string} text
 * @param {string} delimiter
 * @returns {{ cells: string[], problem: string | null }}
 */
export function cellsOf(text, delimiter) {
  if (!text.includes('"')) return { cells: text.split(delimiter), problem: null };
  const cells = [];
  /** @type {string | null} */
  let problem = null;
  let at = 0;
  for (;;) {
    if (text[at] === '"') {
      let cell = "";
      let from = at + 1;
      for (;;) {
        const close = text.indexOf('"', from);
        if (close < 0) {
          problem = "class.open-quote";
          cell += text.slice(from);
          at = text.length;
          break;
        }
        cell += text.slice(from, close);
        if (text[close + 1] === '"') {
          cell += '"';
          from = close + 2;
          continue;
        }
        at = close + 1;
        break;
      }
      cells.push(cell);
      const next = text.indexOf(delimiter, at);
      if ((next < 0 ? text.slice(at) : text.slice(at, next)).trim() !== "") problem ??= "class.after-quote";
      if (next < 0) return { cells, problem };
      at = next + 1;
    } else {
      const next = text.indexOf(delimiter, at);
      cells.push(next < 0 ? text.slice(at) : text.slice(at, next));
      if (next < 0) return { cells, problem };
      at = next + 1;
    }
  }
}

/**
 * The end of the row that starts at `from`: the index of its line end, or -1 where the text ends first. A line end within
 * quotes belongs to the row; a quote opens only at a cell's start, so that one within a cell (5" tall) is a letter.
 *
 * @param {string} text
 * @param {number} from
 * @param {string} [delimiter] Any of those that there are, where it isn't known.
 */
export function rowEnd(text, from, delimiter = ",;\t|") {
  /** @param {number} at */
  const isStart = (at) => at === from || delimiter.includes(text[at - 1]);
  let at = from;
  for (;;) {
    const end = text.indexOf("\n", at);
    let quote = text.indexOf('"', at);
    while (quote >= 0 && (end < 0 || quote < end) && !isStart(quote)) quote = text.indexOf('"', quote + 1);
    if (quote < 0 || (end >= 0 && quote > end)) return end;
    let close = text.indexOf('"', quote + 1);
    while (close >= 0 && text[close + 1] === '"') close = text.indexOf('"', close + 2);
    if (close < 0) return -1;
    at = close + 1;
  }
}

/**
 * Names that people take for the same: without case, accents, spaces and punctuation.
 *
 * @param {string} name
 */
export const simplified = (name) =>
  name.normalize("NFKD").toLowerCase().replace(/[^\p{L}\p{N}]/gu, "");

/**
 * For each column of the schema its index in the header, or -1.
 *
 * @param {readonly { readonly name: string, readonly label: string }[]} columns
 * @param {string[]} header
 */
export function matched(columns, header) {
  const names = header.map(simplified);
  return columns.map(({ name, label }) => {
    const exact = header.indexOf(name);
    if (exact >= 0) return exact;
    const byName = names.indexOf(simplified(name));
    return byName >= 0 ? byName : names.indexOf(simplified(label));
  });
}

/**
 * The number that a cell spells, NaN for none.
 *
 * @param {string} text
 * @param {string} decimal What sets off decimals: "," or "."; the other sets off thousands.
 */
export function numberOf(text, decimal) {
  let plain = text;
  if (decimal === ",") {
    plain = /^[+-]?\d{1,3}(\.\d{3})+(,|$)/.test(text) ? text.replaceAll(".", "").replace(",", ".") : text.replace(",", ".");
  } else if (text.includes(",")) {
    plain = /^[+-]?\d{1,3}(,\d{3})+(\.|$)/.test(text) ? text.replaceAll(",", "") : text;
  }
  return /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(plain) ? Number(plain) : NaN;
}

/**
 * What sets off the decimals in these cells of numbers: "." or ",". None where commas may as well stand between thousands
 * and nothing tells which: then neither reading is right.
 *
 * @param {string[]} cells
 */
export function decimalOf(cells) {
  let isUnclear = false;
  for (const cell of cells) {
    if (/^[+-]?\d*\.\d+$/.test(cell) && !/^[+-]?[1-9]\d{0,2}\.\d{3}$/.test(cell)) return ".";
    if (/^[+-]?\d{1,3}(,\d{3})+\.\d+$/.test(cell) || /^[+-]?\d{1,3}(,\d{3}){2,}$/.test(cell)) return ".";
    if (/^[+-]?[1-9]\d{0,2},\d{3}$/.test(cell)) isUnclear = true;
    else if (/^[+-]?(\d+(\.\d{3})*)?,\d+$/.test(cell)) return ",";
  }
  return isUnclear ? undefined : ".";
}

/**
 * Whether a cell names what is no student: the totals below a table.
 *
 * @param {string} text
 */
export const isTotal = (text) =>
  // Most cells are told by their length or their first letter.
  text.length < 20 && text.charCodeAt(0) > 57 && /^(grand )?(total|totals|sum|average|mean|median|promedio|media|mediana|suma|summe|gesamt|durchschnitt|mittelwert|moyenne|somme)[\s:.]*$/i.test(text);

/** @param {string} text */
export const isBlank = (text) => text === "" || /^(na|n\/a|nan|null)$/i.test(text);

/**
 * A cell as CSV has it; one that a spreadsheet would take for a formula gets an apostrophe before it.
 *
 * @param {string} cell
 * @param {string} delimiter
 */
export function written(cell, delimiter) {
  const text = /^[=+@\t\r]|^-(?![\d.])/.test(cell) ? `'${cell}` : cell;
  return text.includes('"') || text.includes(delimiter) || text.includes("\n") || text.includes("\r")
    ? `"${text.replaceAll('"', '""')}"`
    : text;
}
