// Literal, so that bundlers find the file; the build puts the hashed name and the digest in.
const WASM = new URL("scorecast-core.wasm", import.meta.url);
const WASM_INTEGRITY = "";

let loading;

/** The exports of the one WebAssembly instance that all predictors share. */
function loadCore() {
  loading ??= compile()
    .then((module) => wasm_bindgen.initSync({ module }))
    .catch((cause) => {
      // The next call tries again.
      loading = undefined;
      if (cause instanceof ScorecastError) throw cause;
      const message = `${WASM.href} could not be loaded: ${cause?.message ?? cause}`;
      throw new ScorecastError("wasm-failed", message, { file: "scorecast-core.wasm", cause });
    });
  return loading;
}

async function compile() {
  if (WASM.protocol === "file:") return WebAssembly.compile(await readBytes(WASM));
  const options = WASM_INTEGRITY === "" ? {} : { integrity: WASM_INTEGRITY };
  const response = await fetch(WASM, options);
  if (!response.ok) throw new Error(`the server answers ${response.status}`);
  const isWasm = response.headers.get("content-type")?.startsWith("application/wasm");
  if (isWasm && WebAssembly.compileStreaming) return WebAssembly.compileStreaming(response);
  return WebAssembly.compile(await response.arrayBuffer());
}

/** Node and its like have no fetch for files. */
async function readBytes(url) {
  const { readFile } = await import("node:fs/promises");
  return readFile(url);
}

/** The address of a folder of artifacts; a relative one counts from the page, the worker, or Node's working folder. */
async function folderUrl(address) {
  let base = globalThis.document?.baseURI ?? globalThis.location?.href;
  try {
    if (base === undefined) {
      const { pathToFileURL } = await import("node:url");
      base = pathToFileURL(`${globalThis.process.cwd()}/`).href;
    }
    const url = new URL(address, base);
    if (!url.pathname.endsWith("/")) url.pathname += "/";
    return url;
  } catch (cause) {
    throw new ScorecastError("bad-address", `"${address}" is no address of a folder of artifacts`, { cause });
  }
}

async function loadText(folder, file, signal) {
  const url = new URL(file, folder);
  const failed = (reason, cause) =>
    new ScorecastError("fetch-failed", `${url.href} could not be loaded: ${reason}`, { file, cause });
  let response;
  try {
    if (url.protocol === "file:") return new TextDecoder().decode(await readBytes(url));
    response = await fetch(url, { signal });
    if (response.ok) return await response.text();
  } catch (cause) {
    if (signal?.aborted) throw cause;
    const hint = url.protocol === "file:" ? "" : "; a server of another origin must allow it (CORS)";
    throw failed(`${cause?.message ?? cause}${hint}`, cause);
  }
  throw failed(`the server answers ${response.status}`);
}
