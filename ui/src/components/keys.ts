export const APPLE = typeof navigator !== "undefined" && /Mac|iPhone|iPad/.test(navigator.platform);

const ARROWS = { arrowup: "↑", arrowdown: "↓" };

const NAMES: Record<string, string> = APPLE
  ? { mod: "⌘", alt: "⌥", shift: "⇧", enter: "↵", escape: "Esc", space: "Space", ...ARROWS }
  : { mod: "Ctrl", alt: "Alt", shift: "Shift", enter: "↵", escape: "Esc", space: "Space", ...ARROWS };

/** The parts of `mod+shift+k` or of a sequence `g s`, as written on keys. */
export function keyNames(keys: string): string[] {
  return keys.split(/[+ ]/).map((part) => NAMES[part] ?? part.toUpperCase());
}

export interface Stroke {
  key: string;
  code?: string;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
  shiftKey: boolean;
}

/** Whether a key press is `keys`; `mod` is ⌘ on Apple machines and Ctrl elsewhere. */
export function matches(keys: string, stroke: Stroke, apple = APPLE): boolean {
  const parts = keys.split("+");
  const key = parts[parts.length - 1] ?? "";
  const mod = parts.includes("mod");
  const wanted = {
    meta: mod && apple,
    ctrl: mod && !apple,
    alt: parts.includes("alt"),
  };
  if (stroke.metaKey !== wanted.meta || stroke.ctrlKey !== wanted.ctrl || stroke.altKey !== wanted.alt) return false;
  // What Shift makes of a key is in the key itself: "?" needs it on some layouts and not on others.
  if (parts.includes("shift") && !stroke.shiftKey) return false;
  return stroke.key.toLowerCase() === key || stroke.code === `Digit${key}`;
}
