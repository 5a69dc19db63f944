import { Failure } from "./failure.js";

const PIECE = 4 << 20;
const MAX_BYTES = 1 << 30;

/**
 * A file's bytes in pieces, on demand; `report` is called with the share that has been read.
 *
 * @param {Blob} file
 * @param {(share: number) => void} report
 */
export async function* pieces(file, report) {
  if (file.size > MAX_BYTES) throw new Failure("class.too-large");
  for (let at = 0; at < file.size; at += PIECE) {
    report(at / file.size);
    yield new Uint8Array(await file.slice(at, at + PIECE).arrayBuffer());
  }
}
