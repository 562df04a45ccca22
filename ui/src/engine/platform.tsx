import { createContext, use, type ReactNode } from "react";

import type { Platform } from "../platform/types";

const Context = createContext<Platform | null>(null);

export function PlatformProvider({ platform, children }: { platform: Platform; children: ReactNode }) {
  return <Context value={platform}>{children}</Context>;
}

export function usePlatform(): Platform {
  const platform = use(Context);
  if (!platform) throw new Error("A screen was rendered outside of PlatformProvider.");
  return platform;
}
