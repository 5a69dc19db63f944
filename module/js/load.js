import { compile, once, readBytes, resolved } from "./compile.js";
import { ScorecastError } from "./error.js";
import startCore from "./pkg/core.js";
import startReader from "../../reader/wasm/pkg/reader.js";

/** @import { WasmSource } from "./scorecast-core.js" */

// The build inserts the names and digests. In the npm package, bundlers look for a literal and `import.meta.url`.
// Evaluated only when needed: in a CommonJS bundle there is no such URL.
const coreUrl = () => new URL(WASM_FILE, import.meta.url);
const readerUrl = () => new URL(READER_FILE, import.meta.url);

/** The WebAssembly that the entry point embeds, if it does. */
const included = { /** @type {WasmSource | undefined} */ core: undefined, /** @type {WasmSource | undefined} */ reader: undefined };

/** @param {{ core?: WasmSource, reader?: WasmSource }} sources */
export function include(sources) {
  Object.assign(included, sources);
}

// Asynchronous, as Chrome before 115 refuses synchronous instantiation of all but the smallest modules on the main
// thread.

/** The exports of the one WebAssembly instance that all predictors share. */
export const loadCore = once(
  "scorecast-core.wasm",
  (source) => compile(source ?? included.core, coreUrl, WASM_INTEGRITY),
  (module) => startCore({ module_or_path: module }),
);

/** The exports of the file reader, which is loaded when a file is opened. */
export const loadReader = once(
  "scorecast-reader.wasm",
  (source) => compile(source ?? included.reader, readerUrl, READER_INTEGRITY),
  (module) => startReader({ module_or_path: module }),
);

/**
 * The URL of a folder of artifacts.
 *
 * @param {string | URL} address
 */
export function folderUrl(address) {
  try {
    if (typeof address !== "string" && !(address instanceof URL)) throw new TypeError("it is neither a text nor a URL");
    if (/^[a-z]:[\\/]/i.test(String(address))) throw new TypeError("a path with a drive needs pathToFileURL of node:url");
    const url = resolved(address);
    if (!url.pathname.endsWith("/")) url.pathname += "/";
    // Throws for URLs such as `data:`, which can't be a base.
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
