// The script of the package on npm. Bundlers find its other files by these addresses, which must stand here as they are.
import { useAddresses } from "../load.js";

/** @type {{ readonly [name: string]: URL }} */
const ADDRESSES = {
  "scorecast.wasm": new URL("scorecast.wasm", import.meta.url),
  "scorecast-en.json": new URL("scorecast-en.json", import.meta.url),
  "scorecast-es.json": new URL("scorecast-es.json", import.meta.url),
};
useAddresses((name) => ADDRESSES[name] ?? new URL(name, import.meta.url));

export * from "../scorecast.js";
