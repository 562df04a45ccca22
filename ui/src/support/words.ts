import type { PreflightProgress } from "../bindings/PreflightProgress";
import type { SupportPart } from "../bindings/SupportPart";
import type { SupportSummary } from "../bindings/SupportSummary";
import { count } from "../components/format";
import type { Mark } from "../components/StateMark";

interface Standing {
  mark: Mark;
  word: string;
}

const ENDED: Record<Exclude<PreflightProgress, "running" | "done">, Standing> = {
  cancelled: { mark: "warning", word: "Cancelled" },
  interrupted: { mark: "warning", word: "Interrupted" },
};

/** Whether there is a file: one that ended without any has nothing to look at. */
export function hasFile({ progress, size }: SupportSummary): boolean {
  return progress === "done" && size > 0;
}

export function titleOf({ name, own }: SupportSummary): string {
  return own ? `Support bundle of ${name}` : name;
}

/** How a support bundle stands. That it is there says nothing of what was found. */
export function standing(of: SupportSummary): Standing {
  if (of.progress === "running") return { mark: "running", word: of.own ? "Being collected" : "Being read" };
  if (of.progress !== "done") return ENDED[of.progress];
  if (hasFile(of)) return { mark: "passed", word: of.own ? "Collected" : "Opened" };
  return { mark: "failed", word: of.own ? "Not collected" : "Not opened" };
}

/** How a part stands. `next` is the first that is not done; parts are taken in their order. */
export function partMark(part: SupportPart, next: boolean, running: boolean): Standing {
  if (part.problem !== "") return { mark: "warning", word: "Incomplete" };
  if (part.done) return { mark: "passed", word: "Collected" };
  if (!running) return { mark: "skipped", word: "Not collected" };
  return next ? { mark: "running", word: "Under way" } : { mark: "waiting", word: "Not there yet" };
}

/** Percent of the parts that are done, null before it is known which there are. */
export function shareOf(parts: readonly SupportPart[]): number | null {
  return parts.length === 0 ? null : Math.floor((parts.filter((part) => part.done).length / parts.length) * 100);
}

/** What was done about secrets, said plainly. */
export function maskedWords({ masked, own }: SupportSummary): string {
  if (masked === 0) return "No secret was found to mask.";
  return `Secrets were masked in ${count(masked, "place")}${own ? "" : " when it was opened"}.`;
}

export function cutWords({ cut }: SupportSummary): string {
  if (cut === 0) return "No file was cut.";
  return `${count(cut, "file was", "files were")} cut at ${cut === 1 ? "its" : "their"} limit.`;
}

/** A name for the file: what it is of, and when. */
export function fileName({ own, name, at }: SupportSummary): string {
  if (!own) return name;
  const site = name.toLowerCase().replace(/[^a-z0-9.-]+/g, "-");
  const time = new Date(at).toISOString().slice(0, 16).replace(":", "-");
  return `support-bundle-${site}-${time}.tar.gz`;
}
