import type { HostStep } from "../bindings/HostStep";
import type { HostStepKind } from "../bindings/HostStepKind";
import type { HostStepState } from "../bindings/HostStepState";
import type { HostTest } from "../bindings/HostTest";
import type { Mark } from "../components/StateMark";

/** Clocks further apart than this (milliseconds) are warned of: certificates and leases are judged by them. */
export const APART = 1000;

/** Milliseconds between the clocks that are furthest apart, when two hosts at least were read. */
export function clocksApart(tests: readonly HostTest[]): number | null {
  const skews = tests.flatMap(({ facts }) => (facts ? [facts.skew] : []));
  return skews.length > 1 ? Math.max(...skews) - Math.min(...skews) : null;
}

const STEP: Record<HostStepKind, { title: string; doing: string; failed: string }> = {
  resolve: { title: "Resolve", doing: "Resolving", failed: "Not resolved" },
  connect: { title: "Connect", doing: "Connecting", failed: "Not reached" },
  hostKey: { title: "Host key", doing: "Checking key", failed: "Host key refused" },
  login: { title: "Log in", doing: "Logging in", failed: "Login refused" },
  privilege: { title: "Become root", doing: "Becoming root", failed: "No root" },
  facts: { title: "Read facts", doing: "Reading facts", failed: "Facts not read" },
};

export function stepWord(step: HostStepKind): string {
  return STEP[step].title;
}

const STATE: Record<HostStepState, { mark: Mark; word: string }> = {
  waiting: { mark: "waiting", word: "Waiting" },
  running: { mark: "running", word: "Under way" },
  passed: { mark: "passed", word: "Passed" },
  failed: { mark: "failed", word: "Failed" },
  skipped: { mark: "skipped", word: "Not tried" },
};

export function stepMark(state: HostStepState): { mark: Mark; word: string } {
  return STATE[state];
}

/** The step that keeps a host from being ready, when one does. */
export function failedStep(test: HostTest | null): HostStep | null {
  return test?.steps.find((one) => one.state === "failed") ?? null;
}

export function isUnderWay(test: HostTest | null): boolean {
  return test?.steps.some((one) => one.state === "running" || one.state === "waiting") ?? false;
}

/** How a host stands, in a shape and a word; what is under way says which step it is at. */
export function hostMark(test: HostTest | null): { mark: Mark; word: string; share: number | null; detail: string } {
  if (!test) return { mark: "unknown", word: "Not tested yet", share: null, detail: "" };
  const failed = failedStep(test);
  if (failed && !isUnderWay(test)) {
    if (test.unknownKey !== "") return { mark: "warning", word: "Key unknown", share: null, detail: failed.message };
    return { mark: "failed", word: STEP[failed.step].failed, share: null, detail: failed.message };
  }
  const at = test.steps.findIndex((one) => one.state === "running" || one.state === "waiting");
  const step = test.steps[at];
  if (!step) return { mark: "passed", word: "Ready", share: null, detail: "" };
  const begun = test.steps.some((one) => one.state !== "waiting");
  if (!begun) return { mark: "waiting", word: "Waiting", share: null, detail: "" };
  return { mark: "running", word: STEP[step.step].doing, share: Math.floor((at / test.steps.length) * 100), detail: "" };
}
