import { describe, expect, it } from "vitest";

import type { EventBody } from "../bindings/EventBody";
import type { Failure } from "../bindings/Failure";
import type { Record as JournalRecord } from "../bindings/Record";
import type { RunView } from "../bindings/RunView";
import { MemoryRun } from "../platform/memory/run";
import { sampleSites } from "../platform/memory/sample-sites";
import { foldEvent } from "./run-fold";

const FAILURE: Failure = { class: "transient", message: "Timed out.", causes: [], hint: "" };

/** A run with a frozen plan. */
function started(): RunView {
  const [site] = sampleSites(1);
  if (!site) throw new Error("There is no sample site.");
  const run = new MemoryRun("r", site.summary, "upgrade", { slug: "t", title: "T", version: "1.1.0", bundle: null }, () => undefined, 0);
  run.freeze();
  return run.view;
}

const folded = (view: RunView, ...bodies: EventBody[]) =>
  bodies.reduce((one, body) => foldEvent(one, { seq: one.cursor + 1, at: 1000 + one.cursor, body }), view);
const record = (one: JournalRecord): EventBody => ({ type: "record", record: one });
const progress = (child: string, done: number): EventBody => ({
  type: "progress",
  progress: { step: "images", child, done, total: 100, unit: "bytes", message: "" },
});
const images = (view: RunView) => view.steps.find((step) => step.id === "images");
const START = record({ type: "stepStarted", step: "images", attempt: 1 });

describe("foldEvent", () => {
  it("takes each event once, whatever comes twice", () => {
    const view = started();
    const event = { seq: view.cursor + 1, at: 5, body: START };
    const once = foldEvent(view, event);
    expect(foldEvent(once, { ...event, at: 99 })).toBe(once);
  });

  it("never lets progress go backwards within an attempt", () => {
    const view = folded(started(), START, progress("web", 40), progress("web", 30), progress("cache", 5));
    expect(images(view)?.progress.map((one) => [one.child, one.done])).toEqual([
      ["web", 40],
      ["cache", 5],
    ]);
  });

  it("keeps what was found on hosts apart from what was found of the application", () => {
    const report = (title: string) => ({ results: [{ title, state: "pass" as const, message: "", uri: "", strict: false, host: "" }], at: 1 });
    const view = folded(
      started(),
      record({ type: "checksJudged", phase: "hostPreflights", report: report("Disk") }),
      record({ type: "checksJudged", phase: "appPreflights", report: report("Nodes") }),
    );
    expect([view.hostChecks?.results[0]?.title, view.checks?.results[0]?.title]).toEqual(["Disk", "Nodes"]);
  });

  it("begins anew with another attempt", () => {
    const view = folded(
      started(),
      START,
      progress("web", 40),
      record({ type: "stepFailed", step: "images", attempt: 1, failure: FAILURE, willRetry: true }),
      record({ type: "stepStarted", step: "images", attempt: 2 }),
      progress("web", 10),
    );
    expect(images(view)).toMatchObject({ status: "running", attempt: 2, failure: FAILURE });
    expect(images(view)?.progress.map((one) => one.done)).toEqual([10]);
  });

  it("keeps when the first attempt began, and counts what is behind", () => {
    const view = folded(started(), START, record({ type: "stepDone", step: "images", attempt: 1, outcome: { type: "alreadyDone" }, outputs: {} }));
    expect(images(view)).toMatchObject({ status: "succeeded", failure: null });
    expect(images(view)?.startedAt).toBeLessThan(images(view)?.endedAt ?? 0);
    expect(view.summary.stepsDone).toBe(1);
  });

  it("shows a failure with its state", () => {
    const view = folded(
      started(),
      START,
      record({ type: "stepFailed", step: "images", attempt: 1, failure: FAILURE, willRetry: false }),
      record({ type: "stateEntered", state: "AirgapProcessingFailed", failure: FAILURE }),
    );
    expect(view.summary).toMatchObject({ state: "AirgapProcessingFailed", failure: "Timed out." });
    expect(images(view)?.status).toBe("failed");
  });

  it("leaves alone what it does not know of", () => {
    const view = started();
    expect(folded(view, record({ type: "stepStarted", step: "other", attempt: 1 })).steps).toEqual(view.steps);
  });
});
