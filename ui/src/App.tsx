import { QueryClientProvider } from "@tanstack/react-query";
import { useCallback, useEffect, useState, useSyncExternalStore } from "react";
import { I18nProvider } from "react-aria-components";

import { Loading } from "./components/Empty";
import { makeClient } from "./engine/client";
import { PlatformProvider } from "./engine/platform";
import { Frame } from "./frame/Frame";
import { Login } from "./frame/Login";
import type { Platform } from "./platform/types";

export function App({ platform }: { platform: Platform }) {
  const [client] = useState(makeClient);
  return (
    <I18nProvider locale="en-US">
      <QueryClientProvider client={client}>
        <PlatformProvider platform={platform}>
          <Door platform={platform} onOut={() => client.clear()} />
        </PlatformProvider>
      </QueryClientProvider>
    </I18nProvider>
  );
}

/** The frame, or the login before it where there is one. */
function Door({ platform, onOut }: { platform: Platform; onOut: () => void }) {
  const { session } = platform;
  const subscribe = useCallback((listener: () => void) => session?.subscribe(listener) ?? (() => undefined), [session]);
  const state = useSyncExternalStore(subscribe, () => session?.state() ?? "in");
  useEffect(() => {
    // What one session read is not shown to the next.
    if (state === "out") onOut();
  }, [state, onOut]);
  if (state === "asking") return <Loading what="Asking the server who you are" />;
  if (state === "out" && session) return <Login session={session} />;
  return <Frame />;
}
