import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

import { oneLocale } from "./build/one-locale";
import { POLICY } from "./build/policy";

// Mode `memory` builds the same front end on an engine in memory, with the gallery beside it. It never ships.
export default defineConfig(({ mode }) => {
  const memory = mode === "memory";
  return {
    plugins: [react(), oneLocale()],
    server: { port: 5173, strictPort: true, proxy: { "/api": { target: "https://127.0.0.1:8800", secure: false } } },
    preview: { port: 4173, strictPort: true, headers: { "Content-Security-Policy": POLICY } },
    build: {
      target: "es2022",
      outDir: memory ? "dist-memory" : "dist",
      assetsInlineLimit: 0,
      minify: memory ? false : "esbuild",
      modulePreload: { polyfill: false },
      reportCompressedSize: false,
      chunkSizeWarningLimit: 1000,
      rollupOptions: { input: memory ? ["index.html", "gallery.html"] : ["index.html"] },
    },
    test: {
      // A document costs more than all tests together, so only those that need one ask for it.
      environment: "node",
      pool: "threads",
      poolOptions: { threads: { singleThread: true } },
      include: ["src/**/*.test.{ts,tsx}"],
    },
  };
});
