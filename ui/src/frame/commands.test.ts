// @vitest-environment jsdom
import { describe, expect, it } from "vitest";

import { Keys, type Command } from "./commands";

const command = (id: string, keys: string): Command => ({ id, keys, title: id, group: "", run: () => undefined });
const COMMANDS = [command("sites", "g s"), command("help", "?"), command("search", "/")];

const press = (key: string, target: EventTarget = document.body) => {
  const event = new KeyboardEvent("keydown", { key });
  Object.defineProperty(event, "target", { value: target });
  return event;
};

describe("Keys", () => {
  it("takes one key for a command", () => {
    expect(new Keys().press(press("?"), COMMANDS, 0)?.id).toBe("help");
  });

  it("takes two keys in time for a command, and not later", () => {
    const keys = new Keys();
    expect(keys.press(press("g"), COMMANDS, 0)).toBeNull();
    expect(keys.press(press("s"), COMMANDS, 500)?.id).toBe("sites");
    expect(keys.press(press("g"), COMMANDS, 1000)).toBeNull();
    expect(keys.press(press("s"), COMMANDS, 5000)).toBeNull();
  });

  it("takes the second key of a sequence for that, also where it means something by itself", () => {
    const keys = new Keys();
    const commands = [command("settle", "s"), ...COMMANDS];
    expect(keys.press(press("s"), commands, 0)?.id).toBe("settle");
    expect(keys.press(press("g"), commands, 100)).toBeNull();
    expect(keys.press(press("s"), commands, 200)?.id).toBe("sites");
  });

  it("leaves letters to a field that is typed into", () => {
    const input = document.createElement("input");
    expect(new Keys().press(press("?", input), COMMANDS, 0)).toBeNull();
  });
});
