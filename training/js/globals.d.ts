/** The name of the WebAssembly file, relative to the worker's script; defined by the build. */
declare const TRAINING_FILE: string;
/** Its integrity digest; "" if it is not checked. */
declare const TRAINING_INTEGRITY: string;

/** Node's `process`, as far as it is used here. */
declare const process: {
  cwd(): string;
  getBuiltinModule(name: "node:worker_threads"): {
    parentPort: any;
    Worker: new (url: URL) => { postMessage(message: object): void; terminate(): unknown; on(event: string, listener: (value: any) => void): void };
  };
  getBuiltinModule(name: "node:fs/promises"): { readFile(url: URL): Promise<Uint8Array<ArrayBuffer>> };
  getBuiltinModule(name: "node:url"): { pathToFileURL(path: string): URL };
};
