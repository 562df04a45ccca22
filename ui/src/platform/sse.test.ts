import { describe, expect, it } from "vitest";

import { backOff, SseReader } from "./sse";

const STREAM = ': hello\n\nid: 7\nevent: run\ndata: {"a":\ndata: 1}\n\ndata: two\r\n\r\nid: 9\n\n';
const MESSAGES = [
  { id: "7", event: "run", data: '{"a":\n1}' },
  { id: "7", event: "", data: "two" },
];

describe("SseReader", () => {
  it("reads messages, passing comments and empty ones by", () => {
    expect(new SseReader().push(STREAM)).toEqual(MESSAGES);
  });

  it("does not care where the network cuts", () => {
    for (let at = 1; at < STREAM.length; at += 1) {
      const reader = new SseReader();
      expect([...reader.push(STREAM.slice(0, at)), ...reader.push(STREAM.slice(at))], `cut at ${at}`).toEqual(MESSAGES);
    }
  });

  it("keeps an unfinished message back", () => {
    expect(new SseReader().push("data: half\n")).toEqual([]);
  });
});

describe("backOff", () => {
  it("doubles up to a limit, and spreads", () => {
    expect([0, 1, 2, 10].map((attempt) => backOff(attempt, 1))).toEqual([500, 1000, 2000, 15_000]);
    expect(backOff(2, 0)).toBe(1000);
  });
});
