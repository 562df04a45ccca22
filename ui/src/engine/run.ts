import { useQueryClient, type QueryClient } from "@tanstack/react-query";
import { useEffect } from "react";

import type { RunEvent } from "../bindings/RunEvent";
import type { RunView } from "../bindings/RunView";
import { useAsk } from "./ask";
import { hearLines } from "./log-tail";
import { usePlatform } from "./platform";
import { foldEvent } from "./run-fold";

const FLUSH_MS = 60;
const REREAD_MS = 150;

/** A run as it is now, and from now on. */
export function useRun(run: string) {
  const platform = usePlatform();
  const client = useQueryClient();
  const query = useAsk("run_get", { run });
  const loaded = query.data !== undefined;
  useEffect(() => {
    if (!loaded) return undefined;
    const since = client.getQueryData<RunView>(["run_get", { run }])?.cursor ?? 0;
    const batch = new Batch(client, run);
    const unsubscribe = platform.runEvents(run, since, (event) => batch.add(event));
    return () => {
      unsubscribe();
      batch.end();
    };
  }, [platform, client, run, loaded]);
  return query;
}

/** Folds events in at a pace that a screen can show, and reads the run again after records. */
class Batch {
  private waiting: RunEvent[] = [];
  private flushing: ReturnType<typeof setTimeout> | undefined;
  private rereading: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly client: QueryClient,
    private readonly run: string,
  ) {}

  add(event: RunEvent): void {
    this.waiting.push(event);
    this.flushing ??= setTimeout(() => this.flush(), FLUSH_MS);
  }

  end(): void {
    clearTimeout(this.flushing);
    clearTimeout(this.rereading);
  }

  private flush(): void {
    this.flushing = undefined;
    const events = this.waiting;
    this.waiting = [];
    const key = ["run_get", { run: this.run }];
    this.client.setQueryData<RunView>(key, (view) => view && events.reduce(foldEvent, view));
    hearLines(this.run, events.flatMap((event) => (event.body.type === "log" ? [event.body.line] : [])));
    if (events.some((event) => event.body.type === "record")) {
      this.rereading ??= setTimeout(() => {
        this.rereading = undefined;
        void this.client.invalidateQueries({ queryKey: key });
      }, REREAD_MS);
    }
  }
}
