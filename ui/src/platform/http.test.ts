import { describe, expect, it, vi } from "vitest";

import type { RunEvent } from "../bindings/RunEvent";
import { HttpPlatform } from "./http";
import { CallError } from "./types";

interface Seen {
  url: string;
  method: string;
  token: string | null;
  last: string | null;
}

type Answer = (seen: Seen) => Response | Promise<Response>;

const json = (status: number, body: unknown) => new Response(JSON.stringify(body), { status });
const session = (token: string) => json(200, { token, refreshToken: "r", expiresAt: 0 });
const REFUSED = { code: "unauthorized", message: "Log in.", hint: "", fields: [] };

/** A server that answers as told and remembers what it was asked. */
function server(answer: Answer) {
  const seen: Seen[] = [];
  const send = vi.fn(async (url: RequestInfo | URL, init: RequestInit = {}) => {
    const headers = new Headers(init.headers);
    const one = { url: String(url), method: init.method ?? "GET", token: headers.get("Authorization"), last: headers.get("Last-Event-ID") };
    seen.push(one);
    return answer(one);
  });
  return { seen, send: send as unknown as typeof fetch };
}

async function settled(platform: HttpPlatform): Promise<void> {
  await vi.waitFor(() => expect(platform.session.state()).not.toBe("asking"));
}

describe("HttpPlatform", () => {
  it("comes back into its session by the cookie alone", async () => {
    const { seen, send } = server(({ url }) => (url.endsWith("/refresh") ? session("one") : json(200, { status: "ok" })));
    const platform = new HttpPlatform(send);
    await platform.call("health", {});
    expect(platform.session.state()).toBe("in");
    expect(seen.map((one) => [one.url, one.token])).toEqual([
      ["/api/auth/refresh", null],
      ["/api/health", "Bearer one"],
    ]);
  });

  it("refreshes once for many calls that the server no longer takes, and asks them again", async () => {
    let token = "old";
    const { seen, send } = server((one) => {
      if (one.url.endsWith("/refresh")) return session(token);
      return one.token === "Bearer new" ? json(200, { sites: [] }) : json(401, REFUSED);
    });
    const platform = new HttpPlatform(send);
    await settled(platform);
    token = "new";
    const request = { search: "", tag: null };
    const answers = await Promise.all([1, 2, 3].map(() => platform.call("site_list", request)));
    expect(answers).toEqual([{ sites: [] }, { sites: [] }, { sites: [] }]);
    expect(seen.filter((one) => one.url.endsWith("/refresh")), "refreshes after the first").toHaveLength(2);
  });

  it("is logged out when the refresh is refused, and says why the call failed", async () => {
    let refuse = false;
    const { send } = server(({ url }) => (url.endsWith("/refresh") && !refuse ? session("one") : json(401, REFUSED)));
    const platform = new HttpPlatform(send);
    await settled(platform);
    refuse = true;
    await expect(platform.call("health", {})).rejects.toMatchObject({ wire: REFUSED });
    expect(platform.session.state()).toBe("out");
  });

  it("says in its own words when nobody answers", async () => {
    const { send } = server(({ url }) => {
      if (url.endsWith("/refresh")) return session("one");
      throw new TypeError("network");
    });
    const platform = new HttpPlatform(send);
    const error = await platform.call("health", {}).catch((one: unknown) => one);
    expect(error).toBeInstanceOf(CallError);
    expect((error as CallError).wire.code).toBe("unreachable");
  });

  it("goes on with a run's events after the last one it heard", async () => {
    const event = (seq: number) => `id: ${seq}\ndata: ${JSON.stringify({ seq, at: 0, body: {} })}\n\n`;
    const bodies = [event(5) + event(6), event(7)];
    const { seen, send } = server(({ url }) => {
      if (url.endsWith("/refresh")) return session("one");
      return new Response(bodies.shift() ?? new ReadableStream());
    });
    const platform = new HttpPlatform(send);
    const heard: number[] = [];
    const stop = platform.runEvents("r", 4, (one: RunEvent) => heard.push(one.seq));
    await vi.waitFor(() => expect(heard).toEqual([5, 6, 7]), { timeout: 5000 });
    await vi.waitFor(() => expect(seen.filter((one) => one.url.endsWith("/events")).map((one) => one.last)).toEqual(["4", "6", "7"]), { timeout: 5000 });
    stop();
  });

  it("asks no more once a run's events have ended", async () => {
    const body = `id: 1\ndata: {"seq":1}\n\nevent: end\ndata: {"cursor":1,"state":"Succeeded"}\n\n`;
    const { seen, send } = server(({ url }) => (url.endsWith("/refresh") ? session("one") : new Response(body)));
    const platform = new HttpPlatform(send);
    const heard: number[] = [];
    platform.runEvents("r", 0, (one: RunEvent) => heard.push(one.seq));
    await vi.waitFor(() => expect(heard).toEqual([1]));
    vi.useFakeTimers();
    await vi.advanceTimersByTimeAsync(60_000);
    vi.useRealTimers();
    expect(seen.filter((one) => one.url.endsWith("/events")), "one question is enough").toHaveLength(1);
  });

  it("takes a refusal in a stream for no event, and asks again", async () => {
    const bodies = [`event: error\ndata: ${JSON.stringify(REFUSED)}\n\n`, `id: 1\ndata: {"seq":1}\n\n`];
    const { send } = server(({ url }) => (url.endsWith("/refresh") ? session("one") : new Response(bodies.shift() ?? new ReadableStream())));
    const platform = new HttpPlatform(send);
    const heard: number[] = [];
    const stop = platform.runEvents("r", 0, (one: RunEvent) => heard.push(one.seq));
    await vi.waitFor(() => expect(heard).toEqual([1]), { timeout: 5000 });
    stop();
  });

  it("brings the file of a support bundle with the session's token, and says why there is none", async () => {
    const { seen, send } = server(({ url }) => (url.endsWith("/refresh") ? session("one") : json(404, { ...REFUSED, code: "notFound" })));
    const platform = new HttpPlatform(send);
    await expect(platform.downloadSupport("b/1", "b.tar.gz")).rejects.toMatchObject({ wire: { code: "notFound" } });
    expect(seen.at(-1)).toMatchObject({ url: "/api/support/b%2F1/download", method: "GET", token: "Bearer one" });
  });

  it("has every list read again when it was too slow to hear everything", async () => {
    const body = `event: missed\ndata: {"count":3}\n\ndata: {"type":"siteChanged","site":"s"}\n\n`;
    const bodies = [body];
    const { send } = server(({ url }) => (url.endsWith("/refresh") ? session("one") : new Response(bodies.shift() ?? new ReadableStream())));
    const platform = new HttpPlatform(send);
    const heard: string[] = [];
    const stop = platform.appEvents((event) => heard.push(event.type), (link) => heard.push(link));
    await vi.waitFor(() => expect(heard.slice(0, 3)).toEqual(["up", "up", "siteChanged"]));
    stop();
  });
});
