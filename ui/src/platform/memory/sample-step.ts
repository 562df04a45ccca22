import type { Phase } from "../../bindings/Phase";
import type { StepSpec } from "../../bindings/StepSpec";

/** A step of a sample plan. */
export function step(id: string, kind: string, title: string, phase: Phase, more: Partial<StepSpec> = {}): StepSpec {
  const base = { version: 1, params: {}, needs: [], pointOfNoReturn: false, maySkip: false, timeoutSeconds: 600 };
  return { ...base, id, kind, title, phase, estimate: { bytes: 0, seconds: 8 }, ...more };
}
