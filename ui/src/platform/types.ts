import type { AppEvent } from "../bindings/AppEvent";
import type { ImportStatus } from "../bindings/ImportStatus";
import type { RunEvent } from "../bindings/RunEvent";
import type { SupportView } from "../bindings/SupportView";
import type { WireError } from "../bindings/WireError";
import type { Commands } from "../bindings/commands";
import type { Point } from "../components/drop-target";

export type CommandName = keyof Commands;
export type RequestOf<C extends CommandName> = Commands[C]["request"];
export type ResponseOf<C extends CommandName> = Commands[C]["response"];

/** Whether the engine can be heard. */
export type Link = "up" | "down";

/** Ends a subscription. */
export type Unsubscribe = () => void;

/** A refusal of the engine, in its own words. */
export class CallError extends Error {
  constructor(readonly wire: WireError) {
    super(wire.message);
    this.name = "CallError";
  }
}

export type SessionState = "asking" | "in" | "out";

/** Where one has to log in: the server in a browser. */
export interface SessionDoor {
  state(): SessionState;
  subscribe(listener: () => void): Unsubscribe;
  login(password: string): Promise<void>;
  logout(): Promise<void>;
}

/** The only door to the engine. The front end sends intents through it and renders what comes back. */
export interface Platform {
  readonly kind: "tauri" | "http" | "memory";
  call<C extends CommandName>(name: C, request: RequestOf<C>): Promise<ResponseOf<C>>;
  /** What changed anywhere. `link` hears when events may have been missed: on "up" everything is read again. */
  appEvents(listener: (event: AppEvent) => void, link?: (link: Link) => void): Unsubscribe;
  /** Events of a run after `since`, in order, each once. */
  runEvents(run: string, since: number, listener: (event: RunEvent) => void): Unsubscribe;
  session?: SessionDoor;
  /** A path of this machine, chosen in the system's dialog. */
  pickFile?(title: string, extensions: string[]): Promise<string | null>;
  /** A path of this machine to write to, chosen in the system's dialog. */
  pickSave?(title: string, name: string): Promise<string | null>;
  /** Files dropped anywhere on the window, as paths of this machine, and where: in pixels of the page. */
  onFileDrop?(drop: (paths: string[], at: Point) => void, hover: (over: Point | null, paths: string[]) => void): Unsubscribe;
  /** Reads a file that was just dropped; any other is refused. */
  readDropped?(path: string): Promise<File>;
  /** Gives the operator a text as a file; where it is absent, only as a text to copy. */
  saveFile?(name: string, content: string): void;
  /** Gives the operator the file of a support bundle that a server elsewhere holds. */
  downloadSupport?(support: string, name: string): Promise<void>;
  /** Sends a bundle's bytes to a server that is elsewhere. */
  upload?(file: File): Promise<ImportStatus>;
  /** The same with a support bundle, which is opened there. */
  uploadSupport?(file: File): Promise<SupportView>;
}
