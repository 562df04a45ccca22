import { FileOutput, GitCompare, Trash2, Upload } from "lucide-react";
import { useState } from "react";

import type { BundleDetail } from "../bindings/BundleDetail";
import type { SignatureState } from "../bindings/SignatureState";
import { AppIcon } from "../components/AppIcon";
import { Button } from "../components/Button";
import { Confirm } from "../components/Confirm";
import { Loading } from "../components/Empty";
import { bytes, count } from "../components/format";
import { Id } from "../components/Id";
import { Facts, Panel, Section, type Fact } from "../components/Layout";
import { Markdown } from "../components/Markdown";
import { ProblemNotice } from "../components/Notice";
import { Page } from "../components/Page";
import { Ago } from "../components/Time";
import { useAsk, useDo } from "../engine/ask";
import { problemOf } from "../engine/problem";
import { clusterWord } from "../engine/words";
import { go } from "../frame/place";
import { Signature } from "./columns";
import { CompareWith } from "./CompareWith";
import { License } from "./License";
import css from "./Library.module.css";
import { ExportBundle, PushBundle } from "./SendBundle";
import { SignaturePanel } from "./SignaturePanel";

export function BundleScreen({ bundle }: { bundle: string }) {
  const detail = useAsk("bundle_get", { bundle });
  if (detail.isError) {
    return (
      <Page title="Bundle">
        <ProblemNotice problem={problemOf(detail.error)} />
      </Page>
    );
  }
  if (!detail.data) return <Loading what="Reading the bundle" />;
  return <Bundle detail={detail.data} />;
}

function Bundle({ detail }: { detail: BundleDetail }) {
  const { summary } = detail;
  const [asking, setAsking] = useState<"remove" | "compare" | "push" | "export" | null>(null);
  const close = () => setAsking(null);
  return (
    <Page
      title={`${summary.title} ${summary.version}`}
      aside={<AppIcon icon={summary.icon} size={32} />}
      actions={
        <>
          <Button icon={GitCompare} onPress={() => setAsking("compare")}>
            Compare…
          </Button>
          {detail.images.length > 0 && (
            <Button icon={Upload} onPress={() => setAsking("push")}>
              Push images…
            </Button>
          )}
          <Button icon={FileOutput} onPress={() => setAsking("export")}>
            Write to a file…
          </Button>
          <Button icon={Trash2} onPress={() => setAsking("remove")}>
            Remove…
          </Button>
          <Button kind="main" onPress={() => go({ screen: "start", site: null, bundle: summary.id })}>
            Install or upgrade…
          </Button>
        </>
      }
    >
      <SignaturePanel bundle={summary} />
      <Panel>
        <Facts
          facts={[
            { term: "Signature", value: <Signature state={summary.signature} /> },
            ...keyOf(summary.signature),
            { term: "Channel", value: summary.channel },
            { term: "File", value: <code>{summary.file}</code> },
            { term: "Content digest", value: <Id value={summary.id} label="digest" length={24} /> },
            { term: "Size", value: `${bytes(summary.size)}, ${bytes(summary.uniqueSize)} not shared` },
            { term: "Imported", value: <Ago at={summary.importedAt} /> },
            { term: "For Linux hosts", value: detail.cluster ? clusterWord(detail.cluster) : "No cluster" },
            { term: "Must be there before", value: detail.requiredReleases.join(", ") || "Nothing" },
            { term: "May be skipped", value: summary.required ? "No, later releases need it" : "Yes" },
          ]}
        />
      </Panel>
      {detail.license && <License license={detail.license} />}
      {detail.releaseNotes && (
        <Section title="Release notes">
          <Panel>
            <Markdown source={detail.releaseNotes} />
          </Panel>
        </Section>
      )}
      <Contents detail={detail} />
      {asking === "remove" && <RemoveBundle detail={detail} onClose={close} />}
      {asking === "compare" && <CompareWith bundle={summary} onClose={close} />}
      {asking === "push" && <PushBundle bundle={summary} onClose={close} />}
      {asking === "export" && <ExportBundle bundle={summary} onClose={close} />}
    </Page>
  );
}

/** The key that the vendor is known by, to be compared. */
function keyOf(state: SignatureState): Fact[] {
  if (state.type !== "signed" || !state.pinned) return [];
  return [{ term: "Key", value: <Id value={state.fingerprint} label="fingerprint of the key" length={24} /> }];
}

function Contents({ detail }: { detail: BundleDetail }) {
  const sum = detail.images.reduce((all, image) => all + image.size, 0);
  return (
    <div className={css.contents}>
      <Section title={count(detail.charts.length, "chart")}>
        <Panel flush>
          <ul className={css.lines}>
            {detail.charts.map((chart) => (
              <li key={chart}>
                <code>{chart}</code>
              </li>
            ))}
          </ul>
        </Panel>
      </Section>
      <Section title={count(detail.images.length, "image")} aside={<span className={css.soft}>{bytes(sum)}</span>}>
        <Panel flush>
          <ul className={css.lines}>
            {detail.images.map((image) => (
              <li key={image.reference}>
                <code className={css.reference}>{image.reference}</code>
                <Id value={image.digest} label={`digest of ${image.reference}`} length={18} />
                <span className={css.size}>{bytes(image.size)}</span>
              </li>
            ))}
          </ul>
        </Panel>
      </Section>
    </div>
  );
}

function RemoveBundle({ detail: { summary }, onClose }: { detail: BundleDetail; onClose: () => void }) {
  const remove = useDo("bundle_remove");
  const done = () => {
    onClose();
    go({ screen: "library" });
  };
  return (
    <Confirm
      title={`Remove ${summary.title} ${summary.version} from the library`}
      verb={`Remove ${summary.version}`}
      busy={remove.isPending}
      problem={remove.isError && <ProblemNotice problem={problemOf(remove.error)} />}
      onClose={onClose}
      onConfirm={() => remove.mutate({ bundle: summary.id }, { onSuccess: done })}
    >
      This frees {bytes(summary.uniqueSize)}. What other bundles share stays. Sites are not touched; to install or to retry
      with this release, it has to be imported again.
    </Confirm>
  );
}
