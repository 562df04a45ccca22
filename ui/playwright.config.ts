import { defineConfig } from "@playwright/test";

const given = process.env["LONGSHORE_E2E_URL"];
const local = "http://127.0.0.1:4173";

// Without a URL the sample engine is built and served here; with one, the same journeys go against `longshore serve`.
export default defineConfig({
  testDir: "e2e",
  outputDir: "test-results",
  // Each page has a sample engine of its own; a real server is one, and its journeys follow each other.
  fullyParallel: given === undefined,
  workers: given === undefined ? 2 : 1,
  // axe looks at every cell of a large grid, on a machine that may have other work.
  timeout: 300_000,
  expect: { timeout: 20_000 },
  reporter: [["list"]],
  use: {
    baseURL: given ?? local,
    ignoreHTTPSErrors: true,
    viewport: { width: 1280, height: 800 },
    launchOptions: {
      executablePath: process.env["CHROMIUM"] ?? "/usr/bin/chromium",
      args: ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"],
    },
  },
  ...(given
    ? {}
    : {
        webServer: {
          command: "npx vite build --mode memory && npx vite preview --mode memory --outDir dist-memory --host 127.0.0.1",
          url: local,
          reuseExistingServer: true,
          timeout: 300_000,
        },
      }),
});
