/** The name of the WebAssembly file, relative to the script; defined by the build. */
declare const WASM_FILE: string;
/** The WebAssembly's integrity digest; "" if it is not checked. */
declare const WASM_INTEGRITY: string;
/** The same for the file reader. */
declare const READER_FILE: string;
declare const READER_INTEGRITY: string;

/** Node's `process`, as far as it is used here. */
declare const process: {
  cwd(): string;
  getBuiltinModule(name: "node:fs/promises"): { readFile(url: URL): Promise<Uint8Array<ArrayBuffer>> };
  getBuiltinModule(name: "node:url"): { pathToFileURL(path: string): URL };
};

/** In the npm package, the file beside the script. */
declare module "*.wasm" {
  const module: WebAssembly.Module;
  export default module;
}
