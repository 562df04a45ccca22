import type { Session } from "../bindings/Session";
import type { WireError } from "../bindings/WireError";
import { CallError, type SessionDoor, type SessionState, type Unsubscribe } from "./types";

const JSON_TYPE = { "Content-Type": "application/json" };

/**
 * The session with the server. The bearer token lives in memory only; a reload gets a new one through the refresh cookie,
 * which no script can read.
 */
export class HttpSession implements SessionDoor {
  private current: SessionState = "asking";
  private token: string | null = null;
  private refreshing: Promise<boolean> | null = null;
  private readonly listeners = new Set<() => void>();

  constructor(private readonly send: typeof fetch) {
    void this.refresh();
  }

  state(): SessionState {
    return this.current;
  }

  subscribe(listener: () => void): Unsubscribe {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  async login(password: string): Promise<void> {
    const answer = await this.post("/api/auth/login", { password });
    if (!answer.ok) throw await refusal(answer);
    this.accept((await answer.json()) as Session);
  }

  async logout(): Promise<void> {
    await this.authorized("/api/auth/logout", { method: "POST" }).catch(() => undefined);
    this.become("out", null);
  }

  /** A new token by the cookie; several callers share one attempt. */
  refresh(): Promise<boolean> {
    this.refreshing ??= this.tryRefresh().finally(() => (this.refreshing = null));
    return this.refreshing;
  }

  /** A request with the token; when the server no longer takes it, once more with a new one. */
  async authorized(url: string, init: RequestInit): Promise<Response> {
    if (this.refreshing) await this.refreshing;
    const used = this.token;
    const answer = await this.send(url, this.signed(init));
    if (answer.status !== 401) return answer;
    if (this.token === used && !(await this.refresh())) return answer;
    return this.send(url, this.signed(init));
  }

  private signed(init: RequestInit): RequestInit {
    const headers = new Headers(init.headers);
    if (this.token) headers.set("Authorization", `Bearer ${this.token}`);
    return { ...init, headers, credentials: "same-origin" };
  }

  private async tryRefresh(): Promise<boolean> {
    try {
      const answer = await alone(() => this.send("/api/auth/refresh", { method: "POST", credentials: "same-origin" }));
      if (answer.ok) {
        this.accept((await answer.json()) as Session);
        return true;
      }
    } catch {
      // No server: whoever asked will hear it from the call itself, and the session stays what it was.
      if (this.token) return false;
    }
    this.become("out", null);
    return false;
  }

  private post(url: string, body: object): Promise<Response> {
    const init = { method: "POST", headers: JSON_TYPE, body: JSON.stringify(body), credentials: "same-origin" } as const;
    return this.send(url, init).catch(() => {
      throw unreachable();
    });
  }

  private accept(session: Session): void {
    this.become("in", session.token);
  }

  private become(state: SessionState, token: string | null): void {
    this.current = state;
    this.token = token;
    for (const listener of [...this.listeners]) listener();
  }
}

/**
 * One tab at a time: each refresh makes the cookie before it void, and a second tab that sends that one would be taken
 * for a thief.
 */
async function alone(work: () => Promise<Response>): Promise<Response> {
  // Without TLS on another name than localhost a browser has no locks.
  const locks = (globalThis.navigator as Navigator | undefined)?.locks;
  return locks ? await locks.request("longshore-refresh", work) : work();
}

/** What the server said, or a sentence when it did not answer in its own form. */
export async function refusal(answer: Response): Promise<CallError> {
  const body: unknown = await answer.json().catch(() => null);
  if (isWireError(body)) return new CallError(body);
  return new CallError({
    code: "internal",
    message: `The server answered ${answer.status} ${answer.statusText}.`.replace(" .", "."),
    hint: "Read the server's log, then try again.",
    fields: [],
  });
}

export function unreachable(): CallError {
  return new CallError({
    code: "unreachable",
    message: "The server does not answer.",
    hint: "Check that longshore serve still runs and that this machine reaches it.",
    fields: [],
  });
}

function isWireError(body: unknown): body is WireError {
  return typeof body === "object" && body !== null && "code" in body && "message" in body;
}
