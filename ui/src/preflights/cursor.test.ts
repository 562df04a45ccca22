import { expect, it } from "vitest";

import { moved } from "./cursor";

it.each([
  ["ArrowRight", false, [0, 0], [0, 1]],
  ["ArrowRight", false, [0, 2], [0, 2]],
  ["ArrowLeft", false, [0, 0], [0, -1]],
  ["ArrowUp", false, [0, 1], [-1, 1]],
  ["ArrowUp", false, [-1, 1], [-1, 1]],
  ["PageDown", false, [3, 0], [13, 0]],
  ["PageDown", false, [18, 0], [19, 0]],
  ["PageUp", false, [4, 0], [0, 0]],
  ["Home", false, [4, 2], [4, -1]],
  ["End", false, [4, 0], [4, 2]],
  ["Home", true, [4, 2], [-1, 0]],
  ["End", true, [4, 0], [19, 2]],
  ["a", false, [0, 0], null],
] as const)("%s with control %s from %j leads to %j", (key, control, [row, column], to) => {
  expect(moved(key, control, { row, column }, 20, 3)).toEqual(to && { row: to[0], column: to[1] });
});
