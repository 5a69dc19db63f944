// The element's script for sites, which have all its files and types in the same folder.
import { useAddresses } from "./load.js";

useAddresses({
  file: (name) => new URL(name, import.meta.url),
  artifacts: () => new URL("../artifacts/", import.meta.url),
});

export * from "./define.js";
