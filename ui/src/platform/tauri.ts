import { Channel, invoke } from "@tauri-apps/api/core";
import { listen } from "@tauri-apps/api/event";
import { getCurrentWebview } from "@tauri-apps/api/webview";
import { open, save } from "@tauri-apps/plugin-dialog";

import type { AppEvent } from "../bindings/AppEvent";
import type { RunEvent } from "../bindings/RunEvent";
import type { WireError } from "../bindings/WireError";
import type { Point } from "../components/drop-target";
import { CallError, type CommandName, type Link, type Platform, type RequestOf, type ResponseOf, type Unsubscribe } from "./types";

/** The engine in the same process as the window. */
export class TauriPlatform implements Platform {
  readonly kind = "tauri";

  async call<C extends CommandName>(name: C, request: RequestOf<C>): Promise<ResponseOf<C>> {
    return invoke<ResponseOf<C>>("call", { name, request }).catch((error: unknown) => {
      throw asCallError(error);
    });
  }

  appEvents(listener: (event: AppEvent) => void, link?: (link: Link) => void): Unsubscribe {
    return later(
      listen<AppEvent>("app-event", (event) => listener(event.payload)).then((unlisten) => {
        link?.("up");
        return unlisten;
      }),
    );
  }

  runEvents(run: string, since: number, listener: (event: RunEvent) => void): Unsubscribe {
    const channel = new Channel<RunEvent>(listener);
    const begun = invoke("run_events_stream", { run, since, channel });
    // Whoever shows the run asks for it as well, and says what is wrong with it.
    begun.catch(() => undefined);
    return () => {
      channel.onmessage = () => undefined;
      void begun.then(() => invoke("run_events_end", { channel: channel.id })).catch(() => undefined);
    };
  }

  pickFile(title: string, extensions: string[]): Promise<string | null> {
    const filters = extensions.length > 0 ? [{ name: title, extensions }] : [];
    return open({ title, filters, multiple: false, directory: false });
  }

  pickSave(title: string, name: string): Promise<string | null> {
    return save({ title, defaultPath: name });
  }

  onFileDrop(drop: (paths: string[], at: Point) => void, hover: (over: Point | null, paths: string[]) => void): Unsubscribe {
    // Only the beginning of a drag says what is dragged.
    let dragged: string[] = [];
    return later(
      getCurrentWebview().onDragDropEvent(({ payload }) => {
        if (payload.type === "leave") return hover(null, []);
        const at = inPage(payload.position);
        if (payload.type === "enter") dragged = payload.paths;
        if (payload.type !== "drop") return hover(at, dragged);
        hover(null, []);
        drop(payload.paths, at);
      }),
    );
  }

  async readDropped(path: string): Promise<File> {
    const { name, content } = await invoke<{ name: string; content: string }>("dropped_file", { path }).catch((error: unknown) => {
      throw asCallError(error);
    });
    return new File([Uint8Array.from(atob(content), (sign) => sign.charCodeAt(0))], name);
  }
}

/** The window counts pixels of the screen, the page its own, which zoom and the screen's density make larger. */
function inPage({ x, y }: Point): Point {
  return { x: x / window.devicePixelRatio, y: y / window.devicePixelRatio };
}

/** Ends a subscription that is still being made. */
function later(made: Promise<Unsubscribe>): Unsubscribe {
  return () => void made.then((unsubscribe) => unsubscribe());
}

function asCallError(error: unknown): CallError {
  if (typeof error === "object" && error !== null && "code" in error) return new CallError(error as WireError);
  const message = typeof error === "string" ? error : "The engine did not answer.";
  return new CallError({ code: "internal", message, hint: "Restart Longshore; runs go on where they were.", fields: [] });
}
