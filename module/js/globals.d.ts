/** The name of the WebAssembly, relative to the script; the build says it. */
declare const WASM_FILE: string;
/** What checks the WebAssembly; "" where nothing does. */
declare const WASM_INTEGRITY: string;
/** The same for the reader of files. */
declare const READER_FILE: string;
declare const READER_INTEGRITY: string;

/** Node's, as far as it is used here. */
declare const process: {
  cwd(): string;
  getBuiltinModule(name: "node:fs/promises"): { readFile(url: URL): Promise<Uint8Array<ArrayBuffer>> };
  getBuiltinModule(name: "node:url"): { pathToFileURL(path: string): URL };
};

/** In npm's form beside the script. */
declare module "*.wasm" {
  const module: WebAssembly.Module;
  export default module;
}
