import { ScorecastError } from "./error.js";
import { initSync } from "./pkg/core.js";
import { initSync as initReaderSync } from "../../reader/wasm/pkg/reader.js";

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

/** The exports of the one WebAssembly instance that all predictors share. */
export const loadCore = once(
  "scorecast-core.wasm",
  (source) => compile(source ?? included.core, coreUrl, WASM_INTEGRITY),
  (module) => initSync({ module }),
);

/** The exports of the one that reads files: loaded when one is opened. */
export const loadReader = once(
  "scorecast-reader.wasm",
  (source) => compile(source ?? included.reader, readerUrl, READER_INTEGRITY),
  (module) => initReaderSync({ module }),
);

/**
 * Loads a program when it is first needed; after a failure the next call tries again.
 *
 * @template T
 * @param {string} file
 * @param {(source: WasmSource | undefined) => Promise<WebAssembly.Module>} compiled
 * @param {(module: WebAssembly.Module) => T} init
 * @returns {(source?: WasmSource) => Promise<T>}
 */
function once(file, compiled, init) {
  /** @type {Promise<T> | undefined} */
  let loading;
  return (source) =>
    (loading ??= compiled(source)
      .then(init)
      .catch((cause) => {
        loading = undefined;
        if (cause instanceof ScorecastError) throw cause;
        const message = `${file} could not be loaded: ${cause?.message ?? cause}`;
        throw new ScorecastError("wasm-failed", message, { file, cause });
      }));
}

/**
 * @param {WasmSource | undefined} source
 * @param {() => URL} ownUrl
 * @param {string} integrity Of what is at `ownUrl`.
 * @returns {Promise<WebAssembly.Module>}
 */
async function compile(source, ownUrl, integrity) {
  if (source instanceof WebAssembly.Module) return source;
  if (source instanceof Response) return compileResponse(source);
  if (typeof source === "object" && !(source instanceof URL)) return WebAssembly.compile(source);
  const url = source === undefined ? builtUrl(ownUrl) : resolved(source);
  try {
    if (url.protocol === "file:") return await WebAssembly.compile(await readBytes(url));
    const options = source !== undefined || integrity === "" ? {} : { integrity };
    return await compileResponse(await fetch(url, options));
  } catch (cause) {
    throw new Error(`${url.href}: ${cause instanceof Error ? cause.message : cause}`, { cause });
  }
}

/** @param {() => URL} ownUrl */
function builtUrl(ownUrl) {
  try {
    return ownUrl();
  } catch (cause) {
    const hint = "this bundle doesn't say where it is: give the WebAssembly as `wasm`, or import scorecast-core/inline";
    throw new Error(hint, { cause });
  }
}

/** @param {Response} response */
async function compileResponse(response) {
  if (!response.ok) throw new Error(`the server answers ${response.status}`);
  const type = response.headers.get("content-type") ?? "";
  if (type.startsWith("application/wasm") && WebAssembly.compileStreaming) return WebAssembly.compileStreaming(response);
  if (type.startsWith("text/html")) throw new Error("a page came instead of WebAssembly; is the file deployed with the script?");
  return WebAssembly.compile(await response.arrayBuffer());
}

/**
 * Node and its like have no fetch for files. Bundlers for browsers would look for what is imported from `node:`.
 *
 * @param {URL} url
 */
async function readBytes(url) {
  return process.getBuiltinModule("node:fs/promises").readFile(url);
}

/**
 * An address; a relative one counts from the page, the worker, or Node's working folder.
 *
 * @param {string | URL} address
 */
function resolved(address) {
  const { document, location } = /** @type {{ document?: { baseURI: string }, location?: { href: string } }} */ (globalThis);
  let base = document?.baseURI ?? location?.href;
  if (base === undefined && typeof process === "object") {
    base = process.getBuiltinModule("node:url").pathToFileURL(`${process.cwd()}/`).href;
  }
  return new URL(address, base);
}

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
