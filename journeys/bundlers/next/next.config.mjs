export default {
  // Server components import the package from node_modules: Turbopack's bundled copy would not find the WebAssembly.
  serverExternalPackages: ["scorecast-core"],
};
