import { compile, once, readBytes, resolved } from "./compile.js";
import { ScorecastError } from "./error.js";
import startCore from "./pkg/core.js";
import startReader from "../../reader/wasm/pkg/reader.js";

/** @import { WasmSource } from "./scorecast-core.js" */

// The build puts in the names and digests. In npm's form this is what bundlers look for: a literal and `import.meta.url`. Not
// asked for before it is needed: in a bundle of CommonJS there is no such address.
const coreUrl = () => new URL(WASM_FILE, import.meta.url);
const readerUrl = () => new URL(READER_FILE, import.meta.url);

/** The WebAssembly that the entry brings along, where it does. */
const included = { /** @type {WasmSource | undefined} */ core: undefined, /** @type {WasmSource | undefined} */ reader: undefined };

/** @param {{ core?: WasmSource, reader?: WasmSource }} sources */
export function include(sources) {
  Object.assign(included, sources);
}

// Started asynchronously: Chrome before 115 refuses to do so at once, on a page's own thread, for all but the smallest programs.

/** The exports of the one WebAssembly instance that all predictors share. */
export const loadCore = once(
  "scorecast-core.wasm",
  (source) => compile(source ?? included.core, coreUrl, WASM_INTEGRITY),
  (module) => startCore({ module_or_path: module }),
);

/** The exports of the one that reads files: loaded when one is opened. */
export const loadReader = once(
  "scorecast-reader.wasm",
  (source) => compile(source ?? included.reader, readerUrl, READER_INTEGRITY),
  (module) => startReader({ module_or_path: module }),
);

/**
 * The address of a folder of artifacts.
 *
 * @param {string | URL} address
 */
export function folderUrl(address) {
  try {
    if (typeof address !== "string" && !(address instanceof URL)) throw new TypeError("it is neither a text nor a URL");
    if (/^[a-z]:[\\/]/i.test(String(address))) throw new TypeError("a path with a drive needs pathToFileURL of node:url");
    const url = resolved(address);
    if (!url.pathname.endsWith("/")) url.pathname += "/";
    // Such as `data:`, to which nothing is relative.
    void new URL("model.json", url);
    return url;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : cause;
    throw new ScorecastError("bad-address", `"${address}" is no address of a folder of artifacts: ${reason}`, { cause });
  }
}

/**
 * @param {URL} folder
 * @param {string} file
 * @param {AbortSignal | undefined} signal
 */
export async function loadText(folder, file, signal) {
  const url = new URL(file, folder);
  /** @type {(reason: string, cause?: unknown) => ScorecastError} */
  const failed = (reason, cause) =>
    new ScorecastError("fetch-failed", `${url.href} could not be loaded: ${reason}`, { file, cause });
  let response;
  try {
    if (url.protocol === "file:") return new TextDecoder().decode(await readBytes(url));
    response = await fetch(url, { signal: signal ?? null });
    if (response.ok) return await response.text();
  } catch (cause) {
    if (signal?.aborted) throw cause;
    const hint = url.protocol === "file:" ? "" : "; a server of another origin must allow it (CORS)";
    throw failed(`${cause instanceof Error ? cause.message : cause}${hint}`, cause);
  }
  throw failed(`the server answers ${response.status}`);
}
