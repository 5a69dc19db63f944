// The script of the npm package. Bundlers find its other files by these URLs, which must be literals; they are
// evaluated late, as a CommonJS bundle for a server has none.
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
