// The script of the package on npm. Bundlers find its other files by these addresses, which must stand here as they are; they
// are asked for late, as a server's bundle of CommonJS has none.
import { useAddresses } from "../load.js";

/** @type {{ readonly [name: string]: () => URL }} */
const FILES = {
  "scorecast.wasm": () => new URL("scorecast.wasm", import.meta.url),
  "scorecast-en.json": () => new URL("scorecast-en.json", import.meta.url),
  "scorecast-es.json": () => new URL("scorecast-es.json", import.meta.url),
};

useAddresses({
  file(name) {
    const address = FILES[name];
    if (address === undefined) throw new TypeError(`the package has no ${name}`);
    return address();
  },
  artifacts: (baseURI) => new URL("/artifacts/", baseURI),
});

export * from "../define.js";
