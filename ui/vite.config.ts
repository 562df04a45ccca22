import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

import { oneLocale } from "./build/one-locale";
import { POLICY } from "./build/policy";
import { stylesFirst } from "./build/styles-first";

// Mode `memory` builds the same front end on an engine in memory, with the gallery beside it. It never ships.
export default defineConfig(({ mode }) => {
  const memory = mode === "memory";
  return {
    plugins: [react(), oneLocale(), stylesFirst()],
    // One letter outside of ASCII, and a web view keeps the whole script at two bytes a letter.
    esbuild: { charset: "ascii" },
    server: { port: 5173, strictPort: true, proxy: { "/api": { target: "https://127.0.0.1:8800", secure: false } } },
    preview: { port: 4173, strictPort: true, headers: { "Content-Security-Policy": POLICY } },
    build: {
      target: "es2022",
      outDir: memory ? "dist-memory" : "dist",
      assetsInlineLimit: 0,
      minify: memory ? false : "esbuild",
      modulePreload: { polyfill: false },
      // One sheet, and no crumbs of scripts: each file is a question to the window's process, or to a server far away.
      cssCodeSplit: false,
      reportCompressedSize: false,
      chunkSizeWarningLimit: 1000,
      rollupOptions: {
        input: memory ? ["index.html", "gallery.html"] : ["index.html"],
        output: { experimentalMinChunkSize: 5_000 },
      },
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
