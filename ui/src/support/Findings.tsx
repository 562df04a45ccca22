import type { CheckResult } from "../bindings/CheckResult";
import { Button } from "../components/Button";
import { noun } from "../components/format";
import { Stack } from "../components/Layout";
import { Notice } from "../components/Notice";
import { byGravity } from "../wizard/steps/checks/gravity";
import { ResultRows } from "../wizard/steps/checks/Results";

/** What checks found in what was collected, the gravest first, and whether anything they might have needed is missing. */
export function Findings({ results, missing, onParts }: { results: readonly CheckResult[]; missing: number; onParts: () => void }) {
  const { open } = byGravity(results);
  return (
    <Stack>
      {results.length === 0 && (
        <Notice tone="info" title="Nothing was judged">
          No check of ours or of a spec had anything to look at. What was collected is among the files.
        </Notice>
      )}
      {results.length > 0 && open.length === 0 && <Notice tone="good" title="Nothing was found" />}
      {results.length > 0 && <ResultRows results={results} level={2} />}
      {missing > 0 && (
        <Notice
          tone="warn"
          title={`${missing} ${noun(missing, "part is", "parts are")} missing or incomplete`}
          actions={<Button onPress={onParts}>Show parts</Button>}
        >
          What is not there was not judged.
        </Notice>
      )}
    </Stack>
  );
}
