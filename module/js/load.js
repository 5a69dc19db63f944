import { ScorecastError } from "./error.js";
import { initSync } from "./pkg/core.js";
import { initSync as initReaderSync } from "../../reader/wasm/pkg/reader.js";

// The build puts in the names and digests. In npm's form this is what bundlers look for: a literal and `import.meta.url`.
const WASM = new URL(WASM_FILE, import.meta.url);
const READER = new URL(READER_FILE, import.meta.url);

/** The exports of the one WebAssembly instance that all predictors share. */
export const loadCore = once("scorecast-core.wasm", WASM, WASM_INTEGRITY, (module) => initSync({ module }));

/** The exports of the one that reads files: loaded when one is opened. */
export const loadReader = once("scorecast-reader.wasm", READER, READER_INTEGRITY, (module) => initReaderSync({ module }));

/**
 * Loads a program when it is first needed; after a failure the next call tries again.
 *
 * @template T
 * @param {string} file
 * @param {URL} url
 * @param {string} integrity
 * @param {(module: WebAssembly.Module) => T} init
 * @returns {() => Promise<T>}
 */
function once(file, url, integrity, init) {
  /** @type {Promise<T> | undefined} */
  let loading;
  return () =>
    (loading ??= compile(url, integrity)
      .then(init)
      .catch((cause) => {
        loading = undefined;
        if (cause instanceof ScorecastError) throw cause;
        const message = `${url.href} could not be loaded: ${cause?.message ?? cause}`;
        throw new ScorecastError("wasm-failed", message, { file, cause });
      }));
}

/**
 * @param {URL} url
 * @param {string} integrity
 */
async function compile(url, integrity) {
  if (url.protocol === "file:") return WebAssembly.compile(await readBytes(url));
  const options = integrity === "" ? {} : { integrity };
  const response = await fetch(url, options);
  if (!response.ok) throw new Error(`the server answers ${response.status}`);
  const isWasm = response.headers.get("content-type")?.startsWith("application/wasm");
  if (isWasm && WebAssembly.compileStreaming) return WebAssembly.compileStreaming(response);
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
 * The address of a folder of artifacts; a relative one counts from the page, the worker, or Node's working folder.
 *
 * @param {string | URL} address
 */
export function folderUrl(address) {
  const { document, location } = /** @type {{ document?: { baseURI: string }, location?: { href: string } }} */ (globalThis);
  let base = document?.baseURI ?? location?.href;
  try {
    if (base === undefined) {
      base = process.getBuiltinModule("node:url").pathToFileURL(`${process.cwd()}/`).href;
    }
    const url = new URL(address, base);
    if (!url.pathname.endsWith("/")) url.pathname += "/";
    return url;
  } catch (cause) {
    throw new ScorecastError("bad-address", `"${address}" is no address of a folder of artifacts`, { cause });
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
