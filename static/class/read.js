// From a file to text: finds out what it is and how its letters are written, and has workbooks read by a program of their
// own, which is loaded only then.

import { rowEnd } from "./csv.js";

export const PIECE = 4 << 20;
const MAX_BYTES = 1 << 30;
/** A workbook is in memory as a whole, and unfolds to many times its size. */
const MAX_WORKBOOK_BYTES = 100 << 20;

/** What is wrong with a file: the key of a text, and what fills its places. */
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

/** @typedef {{ texts: string[], delimiter?: string, sheet?: string }} Read */

/**
 * The text of a file in pieces, each cut at the end of a row; the delimiter where it is known; and a workbook's `sheet`.
 * `report` is told the share that has been read.
 *
 * @param {Blob} file
 * @param {(share: number) => void} report
 * @returns {Promise<Read>}
 */
export async function read(file, report) {
  if (file.size > MAX_BYTES) throw new Failure("class.too-large");
  if (file.size === 0) throw new Failure("class.empty");
  const start = new Uint8Array(await file.slice(0, 65536).arrayBuffer());
  /** @param {number[]} bytes */
  const startsWith = (...bytes) => bytes.every((byte, idx) => start[idx] === byte);
  // Workbooks are zip archives; older ones, and those with a password, are compound files.
  if (startsWith(0x50, 0x4b, 0x03, 0x04)) return readWorkbook(file);
  if (startsWith(0xd0, 0xcf, 0x11, 0xe0)) throw new Failure("class.old-workbook");
  /** @type {string[]} */
  const texts = [];
  for await (const text of pieces(file, encodingOf(start), report)) texts.push(text);
  // Old Macs ended lines with a carriage return alone.
  if (!texts[0]?.includes("\n")) texts.forEach((text, idx) => { texts[idx] = text.replaceAll("\r", "\n"); });
  return { texts };
}

/** @param {Uint8Array<ArrayBuffer>} start */
function encodingOf(start) {
  if (start[0] === 0xff && start[1] === 0xfe) return "utf-16le";
  if (start[0] === 0xfe && start[1] === 0xff) return "utf-16be";
  if (start.includes(0)) throw new Failure("class.binary");
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(start, { stream: true });
    return "utf-8";
  } catch {
    return "windows-1252";
  }
}

/**
 * @param {Blob} file
 * @param {string} encoding
 * @param {(share: number) => void} report
 */
async function* pieces(file, encoding, report) {
  const decoder = new TextDecoder(encoding);
  let rest = "";
  for (let at = 0; at < file.size; at += PIECE) {
    const bytes = await file.slice(at, at + PIECE).arrayBuffer();
    const isLast = at + PIECE >= file.size;
    let text = rest + decoder.decode(bytes, { stream: !isLast });
    rest = "";
    if (!isLast) {
      const end = wholeRows(text);
      rest = text.slice(end);
      text = text.slice(0, end);
      if (rest.length > 16 * PIECE) throw new Failure("class.endless-row");
    }
    report(Math.min(at + PIECE, file.size) / file.size);
    if (text !== "") yield text;
  }
}

/**
 * Where the last whole row of a text that starts with a row ends.
 *
 * @param {string} text
 */
function wholeRows(text) {
  if (!text.includes('"')) return text.lastIndexOf("\n") + 1;
  let end = 0;
  for (;;) {
    const next = rowEnd(text, end);
    if (next < 0) return end;
    end = next + 1;
  }
}

/** @param {Blob} file */
async function readWorkbook(file) {
  if (file.size > MAX_WORKBOOK_BYTES) throw new Failure("class.large-workbook");
  const bytes = new Uint8Array(await file.arrayBuffer());
  const { default: init, readWorkbook } = await import("../../spreadsheet/pkg/spreadsheet.js");
  await init({ module_or_path: new URL("./spreadsheet_bg.wasm", import.meta.url) });
  let sheet;
  try {
    sheet = readWorkbook(bytes);
  } catch (problem) {
    throw new Failure("class.bad-workbook", { problem: problem instanceof Error ? problem.message : problem });
  }
  const { csv, name } = sheet;
  sheet.free();
  return { texts: [csv], delimiter: ",", sheet: name };
}
