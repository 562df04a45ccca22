import { useLayoutEffect, useMemo } from "react";

import { matches } from "../components/keys";
import { Store, useStore } from "../store";

/** Something one can do here, by its name in the palette or by its keys. */
export interface Command {
  id: string;
  title: string;
  /** Where it stands in the palette and on the sheet of shortcuts. */
  group: string;
  /** `mod+k`, or a sequence such as `g s`. */
  keys?: string;
  run: () => void;
}

const offers = new Store<readonly (readonly Command[])[]>([]);

/**
 * Offers commands for as long as the caller is shown. `commands` must keep its identity between renders.
 * Before anything is drawn: who sees a screen may press its keys.
 */
export function useCommands(commands: readonly Command[]): void {
  useLayoutEffect(() => {
    offers.set([...offers.get(), commands]);
    return () => offers.set(offers.get().filter((one) => one !== commands));
  }, [commands]);
}

/** Every command that applies here; what a screen offers comes before what is always there. */
export function useOffered(): Command[] {
  const all = useStore(offers);
  return useMemo(() => inOrder(all), [all]);
}

/** The same at this very moment: a component hears of what is offered only some time after the screen is drawn. */
export function offeredNow(): Command[] {
  return inOrder(offers.get());
}

function inOrder(all: readonly (readonly Command[])[]): Command[] {
  return unique([...all].reverse().flat());
}

function unique(commands: Command[]): Command[] {
  const seen = new Set<string>();
  return commands.filter((command) => !seen.has(command.id) && seen.add(command.id));
}

const SEQUENCE_MS = 900;

/** Turns key presses into commands. Plain letters are left to whoever is being typed into. */
export class Keys {
  private first: { key: string; at: number } | null = null;

  /** The command that a press means now, if it means one. */
  press(event: KeyboardEvent, commands: readonly Command[], now: number): Command | null {
    const typing = isTyping(event.target);
    const plain = !event.ctrlKey && !event.metaKey && !event.altKey;
    if (typing && plain) return null;
    const before = this.first && now - this.first.at < SEQUENCE_MS ? this.first.key : null;
    this.first = plain ? { key: event.key.toLowerCase(), at: now } : null;
    const meant = commands.filter((command) => command.keys !== undefined && means(command.keys, event, before));
    // Who began a sequence ends it, also where its second key means something by itself.
    return meant.find((command) => command.keys?.includes(" ")) ?? meant[0] ?? null;
  }
}

function means(keys: string, event: KeyboardEvent, before: string | null): boolean {
  const [one = "", two] = keys.split(" ");
  if (two !== undefined) return before === one && matches(two, event);
  return matches(one, event);
}

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || target.matches("input:not([type=checkbox]):not([type=radio]), textarea, select");
}
