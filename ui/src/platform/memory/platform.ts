import type { AppEvent } from "../../bindings/AppEvent";
import type { RunEvent } from "../../bindings/RunEvent";
import { download } from "../download";
import { CallError, type CommandName, type Link, type Platform, type RequestOf, type ResponseOf, type SessionDoor, type SessionState, type Unsubscribe } from "../types";
import { handlers, type Handlers } from "./commands";
import { refuse } from "./refuse";
import { World, type WorldOptions } from "./world";

/** An engine that is only memory: for tests of the front end and for looking at it. It never ships. */
export class MemoryPlatform implements Platform {
  readonly kind = "memory";
  readonly world: World;
  readonly session?: SessionDoor;
  private readonly handlers: Handlers;

  constructor(options: Partial<WorldOptions & { login: boolean }> = optionsOf(location.search)) {
    this.world = new World({ sites: options.sites ?? 8, speed: options.speed ?? 1, large: options.large ?? false });
    this.handlers = handlers(this.world);
    if (options.login) this.session = new MemorySession();
  }

  async call<C extends CommandName>(name: C, request: RequestOf<C>): Promise<ResponseOf<C>> {
    await new Promise((resolve) => setTimeout(resolve, 30));
    const answer = await this.handlers[name](request);
    return structuredClone(answer);
  }

  appEvents(listener: (event: AppEvent) => void, link?: (link: Link) => void): Unsubscribe {
    link?.("up");
    return this.world.subscribe((event) => listener(structuredClone(event)));
  }

  saveFile(name: string, content: string): void {
    download(name, content);
  }

  downloadSupport(support: string, name: string): Promise<void> {
    download(name, new Blob([`The support bundle ${support}, if it were one.`], { type: "application/gzip" }));
    return Promise.resolve();
  }

  runEvents(run: string, since: number, listener: (event: RunEvent) => void): Unsubscribe {
    return this.world.run(run).subscribe(since, (event) => listener(structuredClone(event)));
  }
}

function optionsOf(search: string): Partial<WorldOptions & { login: boolean }> {
  const query = new URLSearchParams(search);
  const number = (name: string) => (query.has(name) ? { [name]: Number(query.get(name)) } : {});
  return { ...number("sites"), ...number("speed"), large: query.has("large"), login: query.has("login") };
}

class MemorySession implements SessionDoor {
  private current: SessionState = "out";
  private readonly listeners = new Set<() => void>();

  state(): SessionState {
    return this.current;
  }

  subscribe(listener: () => void): Unsubscribe {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  async login(password: string): Promise<void> {
    await Promise.resolve();
    if (password !== "longshore") throw new CallError({ ...refuse("unauthorized", "The password is not right.").wire, hint: "After five wrong ones the server waits a minute." });
    this.become("in");
  }

  async logout(): Promise<void> {
    await Promise.resolve();
    this.become("out");
  }

  private become(state: SessionState): void {
    this.current = state;
    for (const listener of [...this.listeners]) listener();
  }
}
