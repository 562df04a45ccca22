import type { Workflow } from "../bindings/Workflow";
import { workflowWord } from "../engine/words";

/** "Upgrade acme-prod", in two parts: what is done, and where. */
export function titleOf(workflow: Workflow, site: string): { verb: string; site: string } {
  if (workflow === "rollback") return { verb: "Roll back", site };
  return { verb: workflow === "preflight" ? "Check" : workflowWord(workflow), site };
}
