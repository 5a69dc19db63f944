export default {
  // The dev servers of Vite 5 to 7 move dependencies away from their WebAssembly; Vite 8 does not need this.
  optimizeDeps: { exclude: ["scorecast-core", "scorecast-element", "scorecast-train"] },
  // The worker uses top-level await.
  worker: { format: "es" },
  build: { target: "es2022" },
};
