export default {
  // Vite 5 to 7 move dependencies away from their WebAssembly when they serve; Vite 8 doesn't need this.
  optimizeDeps: { exclude: ["scorecast-core", "scorecast-element", "scorecast-train"] },
  // The worker waits at its top level.
  worker: { format: "es" },
  build: { target: "es2022" },
};
