import { expect, it } from "vitest";

import { chunksOf, isFiltered } from "./lines";

it.each([
  [0, 10, [0]],
  [499, 500, [0, 1]],
  [1000, 1999, [2, 3]],
  [-20, 3, [0]],
])("rows %i to %i are in chunks %j", (first, last, chunks) => expect(chunksOf(first, last)).toEqual(chunks));

it("knows when nothing is left out", () => {
  expect(isFiltered({ search: "", level: null, step: null })).toBe(false);
  expect(isFiltered({ search: "", level: "warn", step: null })).toBe(true);
});
