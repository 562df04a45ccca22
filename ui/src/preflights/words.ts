import type { HostChecks } from "../bindings/HostChecks";
import type { PreflightProgress } from "../bindings/PreflightProgress";
import type { PreflightSummary } from "../bindings/PreflightSummary";
import { count } from "../components/format";
import type { Mark } from "../components/StateMark";
import type { Figures } from "./matrix";

const PROGRESS: Record<PreflightProgress, { mark: Mark; word: string }> = {
  running: { mark: "running", word: "Under way" },
  done: { mark: "passed", word: "Done" },
  cancelled: { mark: "warning", word: "Cancelled" },
  interrupted: { mark: "warning", word: "Interrupted" },
};

/** How a preflight run stands. That it is done says nothing of what it found, so it looks neither good nor bad. */
export function progressMark(progress: PreflightProgress): { mark: Mark; word: string } {
  return PROGRESS[progress];
}

/** How a host's part stands, in a shape and a word. */
export function hostMark(host: HostChecks): { mark: Mark; word: string; share: number | null } {
  const share = host.of > 0 ? Math.floor((host.done / host.of) * 100) : null;
  switch (host.progress) {
    case "waiting":
      return { mark: "waiting", word: "Waiting", share: null };
    case "connecting":
      return { mark: "running", word: "Connecting", share: 0 };
    case "checking":
      return { mark: "running", word: share === null ? "Checking" : `Checking ${share} %`, share };
    case "done":
      return { mark: "passed", word: "Every check has an answer", share: null };
    case "unreached":
      return { mark: "failed", word: host.unknownKey ? "Host key unknown" : "Not reached", share: null };
  }
}

/** What a preflight run is about: "3 hosts", "1 host and acme-prod". */
export function subjects({ hosts, siteName, site }: PreflightSummary): string {
  const parts = [hosts > 0 ? count(hosts, "host") : "", site === null ? "" : siteName || "a cluster"];
  return parts.filter(Boolean).join(" and ") || "Nothing";
}

/** What it found, in one sentence for a screen reader. */
export function verdict({ passed, warned, failed, unjudged }: Figures): string {
  return `${passed} passed, ${warned} warned, ${failed} failed, ${unjudged} not judged`;
}
