import { Check, Copy, Download, GitCompareArrows, RotateCw, Square, Trash2 } from "lucide-react";
import { useState } from "react";

import type { PreflightSummary } from "../bindings/PreflightSummary";
import type { PreflightView } from "../bindings/PreflightView";
import { announce } from "../components/Announcer";
import { Button } from "../components/Button";
import { ProblemNotice } from "../components/Notice";
import { useAsk, useDo } from "../engine/ask";
import { usePlatform } from "../engine/platform";
import { problemOf } from "../engine/problem";
import { go } from "../frame/place";
import { toJson, toText } from "./forms";
import { RemovePreflights } from "./RemovePreflights";
import { useRequest, useStart } from "./requests";
import css from "./Result.module.css";

/** What can be done with a preflight run. */
export function Actions({ summary }: { summary: PreflightSummary }) {
  const [removing, setRemoving] = useState(false);
  const running = summary.progress === "running";
  return (
    <>
      <CompareWithEarlier summary={summary} />
      {!running && (
        <Button icon={Trash2} onPress={() => setRemoving(true)}>
          Remove…
        </Button>
      )}
      {running ? <Cancel summary={summary} /> : <Again summary={summary} />}
      {removing && <RemovePreflights preflights={[summary]} onDone={() => go({ screen: "preflights" })} onClose={() => setRemoving(false)} />}
    </>
  );
}

/** Its results for elsewhere, in the forms of troubleshoot's own program. */
export function Exports({ view: { summary, results } }: { view: PreflightView }) {
  const platform = usePlatform();
  return (
    <>
      <CopyAs what="text" content={() => toText(summary.specs.join(", "), results)} />
      {platform.saveFile ? (
        <Button icon={Download} onPress={() => platform.saveFile?.(`preflight-${summary.id}.json`, toJson(results))}>
          Export JSON
        </Button>
      ) : (
        <CopyAs what="JSON" content={() => toJson(results)} />
      )}
    </>
  );
}

function CopyAs({ what, content }: { what: string; content: () => string }) {
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    await navigator.clipboard.writeText(content());
    announce("Copied.");
    setCopied(true);
    setTimeout(() => setCopied(false), 1500);
  };
  return (
    <Button icon={copied ? Check : Copy} onPress={() => void copy()}>
      Copy as {what}
    </Button>
  );
}

/** Looks at what changed since the last run before that had the same specs, or the last one before. */
function CompareWithEarlier({ summary }: { summary: PreflightSummary }) {
  const list = useAsk("preflight_list", {}).data?.preflights ?? [];
  const before = earlierOf(list, summary);
  if (!before) return null;
  return (
    <Button icon={GitCompareArrows} onPress={() => go({ screen: "preflight", preflight: summary.id, against: before.id })}>
      Compare
    </Button>
  );
}

export function earlierOf(list: PreflightSummary[], of: PreflightSummary): PreflightSummary | undefined {
  const earlier = list.filter((one) => one.id !== of.id && one.at <= of.at);
  return earlier.find((one) => one.specs.join() === of.specs.join() && one.hosts === of.hosts) ?? earlier[0];
}

function Cancel({ summary }: { summary: PreflightSummary }) {
  const cancel = useDo("preflight_cancel");
  return (
    <>
      <Button icon={Square} isDisabled={cancel.isPending} onPress={() => cancel.mutate({ preflight: summary.id })}>
        {cancel.isPending ? "Cancelling…" : "Cancel"}
      </Button>
      {cancel.isError && <Refused error={cancel.error} />}
    </>
  );
}

/** With what it was started with where that is still known, else by the form with what the results say of it. */
function Again({ summary }: { summary: PreflightSummary }) {
  const request = useRequest(summary.id);
  const { start, pending, error } = useStart();
  const again = () => (request ? start(request) : go({ screen: "checkhosts", like: summary.id }));
  return (
    <>
      <Button icon={RotateCw} kind="main" isDisabled={pending} onPress={again}>
        {pending ? "Starting…" : request ? "Run again" : "Run again…"}
      </Button>
      {error && <Refused error={error} />}
    </>
  );
}

function Refused({ error }: { error: Error }) {
  return (
    <div className={css.refused}>
      <ProblemNotice problem={problemOf(error)} />
    </div>
  );
}
