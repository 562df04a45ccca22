import type { HostChecks } from "../bindings/HostChecks";
import { Notice } from "../components/Notice";
import { go } from "../frame/place";
import { CompareKeys } from "./CompareKeys";
import { accepting } from "./draft";
import { useRequest, useStart } from "./requests";

/** Takes keys that were compared by a run that starts then. */
export function AcceptKeys({ preflight, hosts, onClose }: { preflight: string; hosts: HostChecks[]; onClose: () => void }) {
  const request = useRequest(preflight);
  const { start, pending, error } = useStart();
  const accept = (keys: string[]) => (request ? start(accepting(request, keys)) : go({ screen: "checkhosts", like: preflight, accept: keys }));
  return (
    <CompareKeys hosts={hosts} then={request ? "run again" : "start anew…"} pending={pending} error={error} onAccept={accept} onClose={onClose}>
      {!request && (
        <Notice tone="info" title="This run has to be started anew">
          What it was started with is not in memory any more. Its hosts and the accepted keys are filled in for you.
        </Notice>
      )}
    </CompareKeys>
  );
}
