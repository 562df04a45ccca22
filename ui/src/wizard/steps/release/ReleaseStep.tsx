import { AppIcon } from "../../../components/AppIcon";
import { Button } from "../../../components/Button";
import { bytes } from "../../../components/format";
import { Facts, Panel, Row, Section, Stack } from "../../../components/Layout";
import { Markdown } from "../../../components/Markdown";
import { Ago } from "../../../components/Time";
import { useAsk } from "../../../engine/ask";
import { clusterWord } from "../../../engine/words";
import { go } from "../../../frame/place";
import { Signature } from "../../../library/columns";
import type { StepProps } from "../../RunScreen";
import { StepFrame } from "../../Wizard";

/** The release a run brings; chosen when the run was created. */
export function ReleaseStep({ view, onReturn }: StepProps) {
  const { release, fromVersion, createdAt, site, workflow, target } = view.summary;
  const bundle = useAsk("bundle_get", { bundle: release.bundle ?? "" }, { enabled: release.bundle !== null }).data;
  return (
    <StepFrame
      title={workflow === "rollback" ? `Revision ${view.revision ?? ""}` : `${release.title} ${release.version}`}
      aside={bundle && <AppIcon icon={bundle.summary.icon} size={32} />}
      next={
        <Button kind="main" onPress={onReturn}>
          Back to where the run is
        </Button>
      }
      others={
        view.allowed.includes("configure") && (
          <Button onPress={() => go({ screen: "start", site, bundle: release.bundle })}>Choose another release…</Button>
        )
      }
    >
      <Stack gap="l">
        <Panel>
          <Facts
            facts={[
              { term: "Version", value: release.version },
              { term: "Instead of", value: fromVersion ?? "Nothing installed" },
              { term: "Run created", value: <Ago at={createdAt} /> },
              ...(bundle
                ? [
                    { term: "Bundle", value: <code>{bundle.summary.file}</code> },
                    { term: "Size", value: bytes(bundle.summary.size) },
                    ...(target === "linux" ? [{ term: "Cluster", value: bundle.cluster ? clusterWord(bundle.cluster) : "None carried; that of the site stays" }] : []),
                    { term: "Signature", value: <Signature state={bundle.summary.signature} /> },
                  ]
                : []),
            ]}
          />
        </Panel>
        {bundle?.releaseNotes && (
          <Section title="Release notes">
            <Panel>
              <Markdown source={bundle.releaseNotes} />
            </Panel>
          </Section>
        )}
        {bundle && (
          <Row>
            <Button onPress={() => go({ screen: "bundle", bundle: bundle.summary.id })}>Show the bundle</Button>
          </Row>
        )}
      </Stack>
    </StepFrame>
  );
}
