// @vitest-environment jsdom
import { act } from "react";
import { createRoot, type Root } from "react-dom/client";
import { afterEach, beforeEach, expect, it, vi } from "vitest";

import { formOf, itemsOf } from "../../../platform/memory/sample-form";
import { LARGE } from "../../../platform/memory/sample-large";
import { Store } from "../../../store";
import { NO_DRAFT, setTo, withValue, type Draft } from "./draft";
import { FormDoor, type Door } from "./form";
import { Group } from "./Group";
import type { ItemProps } from "./Item";

const NO_ERRORS = {};
const rendered: string[] = [];
vi.mock("./Item", () => ({
  Item: ({ item }: ItemProps) => {
    rendered.push(item.name);
    return <input aria-label={item.name} />;
  },
}));

let root: Root;
beforeEach(() => {
  vi.stubGlobal("IS_REACT_ACT_ENVIRONMENT", true);
  root = createRoot(document.body.appendChild(document.createElement("div")));
});
afterEach(() => {
  act(() => root.unmount());
  vi.unstubAllGlobals();
});

it("a key renders one item of a form of two hundred", () => {
  expect(itemsOf(LARGE).length, "items of the large form").toBeGreaterThan(200);
  const view = formOf(LARGE, {}, false);
  const draft = new Store<Draft>(NO_DRAFT);
  const door: Door = { draft, send: (name, value) => draft.set(withValue(draft.get(), name, value)) };
  const stored = new Map(view.groups.flatMap((group) => group.items).map((one) => [one.name, one]));
  act(() =>
    root.render(
      <FormDoor value={door}>
        {view.groups.map((group) => (
          <Group key={group.name} group={group} stored={stored} errors={NO_ERRORS} tried={false} editable />
        ))}
      </FormDoor>,
    ),
  );
  rendered.length = 0;
  act(() => door.send("mail_host", setTo("m")));
  expect(rendered, "what a key rendered").toEqual(["mail_host"]);
  rendered.length = 0;
  act(() => door.send("mail_peer-1", setTo("p", { repeatableItem: "mail_peer" })));
  expect(rendered, "a further value: its item's rows").toEqual(["mail_peer", "mail_peer-1"]);
});
