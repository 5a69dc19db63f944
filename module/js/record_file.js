import { RecordFile } from "../../reader/wasm/pkg/reader.js";
import { loadReader } from "./load.js";

/** @import { WasmSource } from "./scorecast-core.js" */

/**
 * @typedef Header The content of a file's header.
 * @property {string[]} header
 * @property {number} line
 * @property {number[]} fields The field of each of the model's columns, -1 if it is missing.
 * @property {number} target
 * @property {string[]} missing
 * @property {{ column: string, found: string[] }[]} doubtful
 *
 * @typedef Problem
 * @property {number} row
 * @property {number} line
 * @property {string | null} column
 * @property {string | null} label
 * @property {"not-a-number" | "not-a-date" | "unknown-category" | "wrong-length"} code
 * @property {boolean} isBad
 * @property {{ [name: string]: string }} figures
 */

const PENDING = -2;

/** A file that is read as a stream: the reader pulls bytes as it needs them. */
export class OpenFile {
  #pieces;
  #exports;

  /**
   * @param {RecordFile} file
   * @param {AsyncIterator<Uint8Array>} pieces
   * @param {{ memory: WebAssembly.Memory }} exports
   * @param {Header} header
   */
  constructor(file, pieces, exports, header) {
    this.file = file;
    this.#pieces = pieces;
    this.#exports = exports;
    this.header = header;
  }

  /**
   * Reads the header.
   *
   * @param {string} name For messages.
   * @param {string} preprocessorJson
   * @param {AsyncIterable<Uint8Array>} source
   * @param {{ keeps?: boolean, wasm?: WasmSource | undefined, [option: string]: unknown }} [options]
   */
  static async open(name, preprocessorJson, source, { keeps = false, wasm, ...options } = {}) {
    const exports = await loadReader(wasm);
    const file = new RecordFile(name, preprocessorJson, JSON.stringify(options), keeps);
    const pieces = source[Symbol.asyncIterator]();
    for (;;) {
      const header = file.open();
      if (header !== undefined) return new OpenFile(file, pieces, exports, JSON.parse(header));
      await more(file, pieces);
    }
  }

  /**
   * Decides how cells are read, and goes to the first row.
   *
   * @param {ArrayLike<number>} fields
   * @param {{ decimal?: string | undefined, dates?: string | undefined }} notation How ambiguous cells are read.
   */
  async choose(fields, { decimal = "", dates = "" }) {
    while (!this.file.choose(Int32Array.from(fields), decimal, dates)) await more(this.file, this.#pieces);
  }

  /** The number of rows that were read, -1 at the end. */
  async next() {
    for (;;) {
      const n = this.file.readRows();
      if (n !== PENDING) return n;
      await more(this.file, this.#pieces);
    }
  }

  /**
   * The cells of the rows that were read last: a view that the next call may detach.
   *
   * @param {number} columnIdx
   * @param {boolean} isNumeric
   * @param {number} nRows
   */
  column(columnIdx, isNumeric, nRows) {
    return new (isNumeric ? Float64Array : Uint16Array)(this.#exports.memory.buffer, this.file.column(columnIdx), nRows);
  }

  /** @param {number} nRows */
  flags(nRows) {
    return new Uint8Array(this.#exports.memory.buffer, this.file.flags(), nRows);
  }

  /** @param {number} nRows */
  truths(nRows) {
    return new Float64Array(this.#exports.memory.buffer, this.file.truths(), nRows);
  }

  /** @param {number} nRows */
  lines(nRows) {
    return new Uint32Array(this.#exports.memory.buffer, this.file.lines(), nRows);
  }

  /** @returns {Problem[]} */
  problems() {
    return JSON.parse(this.file.problems());
  }

  report() {
    return JSON.parse(this.file.report());
  }

  free() {
    this.file.free();
    void this.#pieces.return?.();
  }
}

/**
 * @param {RecordFile} file
 * @param {AsyncIterator<Uint8Array>} pieces
 */
async function more(file, pieces) {
  const { done, value } = await pieces.next();
  if (done) file.end();
  else file.push(value);
}
