export default {
  // A server component reads the package from where npm put it: Turbopack's own copy would not find the WebAssembly.
  serverExternalPackages: ["scorecast-core"],
};
