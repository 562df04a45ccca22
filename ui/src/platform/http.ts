import type { AppEvent } from "../bindings/AppEvent";
import type { ImportStatus } from "../bindings/ImportStatus";
import type { RunEvent } from "../bindings/RunEvent";
import type { SupportView } from "../bindings/SupportView";
import type { WireError } from "../bindings/WireError";
import { download } from "./download";
import { HttpSession, refusal, unreachable } from "./http-session";
import { route } from "./route";
import { backOff, SseReader, type SseMessage } from "./sse";
import {
  CallError,
  type CommandName,
  type Link,
  type Platform,
  type RequestOf,
  type ResponseOf,
  type Unsubscribe,
} from "./types";

/** The engine behind `longshore serve`. */
export class HttpPlatform implements Platform {
  readonly kind = "http";
  readonly session: HttpSession;

  constructor(send: typeof fetch = (...args) => fetch(...args)) {
    this.session = new HttpSession(send);
  }

  async call<C extends CommandName>(name: C, request: RequestOf<C>): Promise<ResponseOf<C>> {
    const { method, url, body } = route(name, request);
    const headers: Record<string, string> = body === null ? {} : { "Content-Type": "application/json" };
    return (await this.fetched(url, { method, body, headers })) as ResponseOf<C>;
  }

  appEvents(listener: (event: AppEvent) => void, link: (link: Link) => void = () => undefined): Unsubscribe {
    const hear = (message: SseMessage) => {
      // A listener that was too slow has missed some, which is as if the link had been down for that long.
      if (message.event === "missed") link("up");
      else listener(JSON.parse(message.data) as AppEvent);
      return false;
    };
    return this.stream("/api/events", "", hear, link);
  }

  runEvents(run: string, since: number, listener: (event: RunEvent) => void): Unsubscribe {
    const url = `/api/runs/${encodeURIComponent(run)}/events`;
    const hear = ({ event, data }: SseMessage) => {
      if (event === "end") return true;
      if (event === "error") throw new CallError(JSON.parse(data) as WireError);
      listener(JSON.parse(data) as RunEvent);
      return false;
    };
    return this.stream(url, String(since), hear);
  }

  async upload(file: File): Promise<ImportStatus> {
    return (await this.sent("/api/bundles/upload", file)) as ImportStatus;
  }

  async uploadSupport(file: File): Promise<SupportView> {
    return (await this.sent("/api/support/upload", file)) as SupportView;
  }

  private sent(path: string, file: File): Promise<unknown> {
    const url = `${path}?name=${encodeURIComponent(file.name)}`;
    return this.fetched(url, { method: "POST", body: file, headers: { "Content-Type": "application/octet-stream" } });
  }

  saveFile(name: string, content: string): void {
    download(name, content);
  }

  /** A link could not carry the token, so the file comes through the page. */
  async downloadSupport(support: string, name: string): Promise<void> {
    const answer = await this.answered(`/api/support/${encodeURIComponent(support)}/download`, { method: "GET" });
    const file = await answer.blob().catch(() => {
      throw unreachable();
    });
    download(name, file);
  }

  private async fetched(url: string, init: RequestInit): Promise<unknown> {
    const text = await (await this.answered(url, init)).text();
    return text === "" ? {} : JSON.parse(text);
  }

  private async answered(url: string, init: RequestInit): Promise<Response> {
    const answer = await this.session.authorized(url, init).catch(() => {
      throw unreachable();
    });
    if (!answer.ok) throw await refusal(answer);
    return answer;
  }

  /**
   * Reads a stream for as long as it is wanted, or until `hear` says that nothing more comes.
   * `EventSource` cannot carry the token, so this is `fetch`.
   */
  private stream(
    url: string,
    since: string,
    hear: (message: SseMessage) => boolean,
    link: (link: Link) => void = () => undefined,
  ): Unsubscribe {
    const stop = new AbortController();
    let last = since;
    const once = async () => {
      const headers: Record<string, string> = { Accept: "text/event-stream" };
      if (last !== "") headers["Last-Event-ID"] = last;
      const answer = await this.session.authorized(url, { headers, signal: stop.signal });
      if (!answer.ok || !answer.body) throw await refusal(answer);
      link("up");
      const reader = new SseReader();
      for await (const chunk of decoded(answer.body)) {
        for (const message of reader.push(chunk)) {
          if (message.id !== "") last = message.id;
          if (hear(message)) return stop.abort();
        }
      }
    };
    void forever(once, stop.signal, () => link("down"));
    return () => stop.abort();
  }
}

async function forever(once: () => Promise<void>, stop: AbortSignal, lost: () => void): Promise<void> {
  for (let attempt = 0; !stop.aborted; attempt += 1) {
    const began = Date.now();
    await once().catch(() => undefined);
    if (stop.aborted) return;
    lost();
    if (Date.now() - began > 10_000) attempt = 0;
    await new Promise((resolve) => setTimeout(resolve, backOff(attempt)));
  }
}

async function* decoded(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield decoder.decode(value, { stream: true });
    }
  } finally {
    reader.releaseLock();
  }
}
