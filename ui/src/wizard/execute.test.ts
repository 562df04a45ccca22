import { expect, it } from "vitest";

import type { Phase } from "../bindings/Phase";
import { nextStop } from "./execute";

const INSTALL: Phase[] = ["hostConfiguration", "hostPreflights", "infrastructure", "airgap", "appPreflights", "app"];

it.each<[Phase[], boolean, Phase | null]>([
  [INSTALL, false, "hostPreflights"],
  [INSTALL, true, "appPreflights"],
  [["airgap", "appPreflights", "app"], false, "appPreflights"],
  [["infrastructure", "app"], false, null],
  [["hostPreflights", "infrastructure", "app"], true, "infrastructure"],
  [["hostPreflights", "infrastructure", "infrastructure", "airgap", "app", "app"], true, "airgap"],
  [["hostPreflights", "app"], true, null],
])("%j, checks of hosts behind: %s, stops at %s", (phases, behind, stop) => expect(nextStop(phases, behind)).toBe(stop));
