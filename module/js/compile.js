// From an address to compiled WebAssembly, in browsers and in Node.
import { ScorecastError } from "./error.js";

/** @import { WasmSource } from "./scorecast-core.js" */

/**
 * Loads a WebAssembly module when it is first needed; after a failure the next call tries again.
 *
 * @template T
 * @param {string} file
 * @param {(source: WasmSource | undefined) => Promise<WebAssembly.Module>} compiled
 * @param {(module: WebAssembly.Module) => T | Promise<T>} init
 * @returns {(source?: WasmSource) => Promise<T>}
 */
export function once(file, compiled, init) {
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
 * @param {string} integrity The digest of the file at `ownUrl`.
 * @returns {Promise<WebAssembly.Module>}
 */
export async function compile(source, ownUrl, integrity) {
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
 * Node and similar runtimes can't fetch files. Bundlers for browsers would try to resolve an import from `node:`.
 *
 * @param {URL} url
 */
export async function readBytes(url) {
  return process.getBuiltinModule("node:fs/promises").readFile(url);
}

/**
 * An absolute URL; relative ones are resolved against the page, the worker, or Node's working folder.
 *
 * @param {string | URL} address
 */
export function resolved(address) {
  const { document, location } = /** @type {{ document?: { baseURI: string }, location?: { href: string } }} */ (globalThis);
  let base = document?.baseURI ?? location?.href;
  if (base === undefined && typeof process === "object") {
    base = process.getBuiltinModule("node:url").pathToFileURL(`${process.cwd()}/`).href;
  }
  return new URL(address, base);
}
