import { expect, it } from "vitest";

import { keysOf } from "./keys";

it("a key that several hosts show is compared once", () => {
  const hosts = [
    { host: "a", unknownKey: "x" },
    { host: "b", unknownKey: "" },
    { host: "c", unknownKey: "x" },
  ];
  expect(keysOf(hosts)).toEqual([{ key: "x", hosts: ["a", "c"] }]);
});
