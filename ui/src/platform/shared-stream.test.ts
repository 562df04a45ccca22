import { expect, it } from "vitest";

import type { RunEvent } from "../bindings/RunEvent";
import { SharedStream } from "./shared-stream";

const event = (seq: number) => ({ seq, at: 0, body: { type: "log", line: { index: seq, at: 0, level: "info", step: "", text: "" } } }) satisfies RunEvent;

it("tells who comes later what they missed, once", () => {
  const stream = new SharedStream(0);
  const first: number[] = [];
  const later: number[] = [];
  stream.subscribe(0, (one) => first.push(one.seq));
  stream.push(event(1));
  stream.push(event(2));
  stream.push(event(2));
  const end = stream.subscribe(1, (one) => later.push(one.seq));
  stream.push(event(3));
  end();
  stream.push(event(4));
  expect([first, later]).toEqual([
    [1, 2, 3, 4],
    [2, 3],
  ]);
});
