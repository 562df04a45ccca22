import type { Workflow } from "../bindings/Workflow";
import { workflowWord } from "../engine/words";

/** "Upgrade acme-prod". */
export function titleOf(workflow: Workflow, site: string): string {
  return workflow === "rollback" ? `Roll back ${site}` : `${workflow === "preflight" ? "Check" : workflowWord(workflow)} ${site}`;
}
