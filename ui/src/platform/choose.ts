import type { Platform } from "./types";

/** The engine this page belongs to: in the window beside it, behind the server it came from, or in memory for tests. */
export async function choosePlatform(): Promise<Platform> {
  if (import.meta.env.MODE === "memory") {
    const { MemoryPlatform } = await import("./memory/platform");
    return new MemoryPlatform();
  }
  if ("__TAURI_INTERNALS__" in window) {
    const { TauriPlatform } = await import("./tauri");
    return new TauriPlatform();
  }
  const { HttpPlatform } = await import("./http");
  return new HttpPlatform();
}
