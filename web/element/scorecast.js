// The element's script at a site, which has everything beside it; its types are beside it, too.
import { useAddresses } from "./load.js";

useAddresses({
  file: (name) => new URL(name, import.meta.url),
  artifacts: () => new URL("../artifacts/", import.meta.url),
});

export * from "./define.js";
