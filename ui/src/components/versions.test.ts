import { expect, it } from "vitest";

import { compareVersions } from "./versions";

it.each([
  ["1.0.0", "1.1.0", -1],
  ["1.10.0", "1.9.0", 1],
  ["v2.0", "2.0.0", 0],
  ["1.1.0-beta.2", "1.1.0", -1],
  ["1.1.0-beta.10", "1.1.0-beta.9", 1],
  ["1.1.0+7", "1.1.0", 0],
])("%s against %s is %i", (a, b, expected) => expect(compareVersions(a, b)).toBe(expected));
