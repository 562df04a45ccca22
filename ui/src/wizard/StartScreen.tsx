import { Archive, Server } from "lucide-react";
import { useState } from "react";

import type { Workflow } from "../bindings/Workflow";
import { Button } from "../components/Button";
import { Radios, Select } from "../components/Choice";
import { Empty } from "../components/Empty";
import { Row, Section, Stack } from "../components/Layout";
import { Notice, ProblemNotice } from "../components/Notice";
import { compareVersions } from "../components/versions";
import { useAsk, useDo } from "../engine/ask";
import { problemOf } from "../engine/problem";
import { useSites } from "../engine/sites";
import { isOpen, releaseChange, runMark } from "../engine/words";
import { go, way } from "../frame/place";
import { newerBundle } from "../library/newer";
import { courseOf, stepsOf, stepTitle, type Course, type StepEntry } from "./position";
import { BundleChoice } from "./steps/release/BundleChoice";
import { ClusterOf } from "./steps/release/ClusterOf";
import { titleOf } from "./title";
import { StepFrame, Wizard } from "./Wizard";

/** How many workers may be moved to another Kubernetes side by side; the command line takes any number. */
const AT_ONCE = [1, 2, 3, 5, 10, 20];

/** The first step, before there is a run: which release, and where. Nothing on the site changes here. */
export function StartScreen({ site: siteId, bundle: bundleId }: { site: string | null; bundle: string | null }) {
  const sites = useSites();
  const library = useAsk("bundle_list", {});
  const bundles = library.data?.bundles ?? [];
  const create = useDo("run_create");
  const [siteChosen, setSite] = useState<string | null>(null);
  const [bundleChosen, setBundle] = useState<string | null>(null);
  const [checksOnly, setChecksOnly] = useState(false);
  const [atOnce, setAtOnce] = useState("1");
  const site = sites.find((one) => one.id === (siteChosen ?? siteId)) ?? null;
  const wanted = bundleChosen ?? bundleId ?? newerBundle(bundles, site?.installed ?? null)?.id ?? bundles[0]?.id;
  const bundle = bundles.find((one) => one.id === wanted) ?? null;
  const change: Workflow = site?.installed ? "upgrade" : "install";
  // Bare hosts have no cluster on which a release could check anything; their own checks are run from the site.
  const bare = site?.target === "linux" && !site.installed;
  const workflow: Workflow = checksOnly && !bare ? "preflight" : change;
  const batches = workflow === "upgrade" && site?.target === "linux";
  const course = courseOf(workflow, site?.target ?? "kubernetes");
  const open = site?.lastRun && isOpen(site.lastRun) ? site.lastRun : null;
  const submit = () => {
    if (!site || !bundle) return;
    create.mutate(
      { site: site.id, workflow, bundle: bundle.id, revision: null, workersAtOnce: batches ? Number(atOnce) : null },
      { onSuccess: (view) => go({ screen: "run", run: view.summary.id }) },
    );
  };
  if (library.data && (bundles.length === 0 || sites.length === 0)) return <NothingToStart bundles={bundles.length} />;
  const reconfigures = site?.installed && bundle && compareVersions(bundle.version, site.installed.version) === 0;
  return (
    <Wizard
      title={site ? titleOf(workflow, site.name) : { verb: "Install or upgrade", site: "" }}
      about={bundle ? `${bundle.title} ${bundle.version}` : ""}
      steps={entries(course)}
      shown="release"
    >
      <StepFrame
        title="Release"
        next={
          <Button kind="main" isDisabled={!site || !bundle || create.isPending} onPress={submit}>
            {create.isPending ? "Reading the site…" : "Configure"}
          </Button>
        }
        others={<Button onPress={() => way.back()}>Cancel</Button>}
      >
        <Stack gap="l">
          {create.isError && <ProblemNotice problem={problemOf(create.error)} />}
          {open && (
            <Notice
              tone="info"
              title={`${open.siteName} has a run that is not over: ${releaseChange(open)}, ${runMark(open).word.toLowerCase()}`}
              actions={<Button onPress={() => go({ screen: "run", run: open.id })}>Go on with it</Button>}
            >
              Only one run at a time may change a site.
            </Notice>
          )}
          <Row>
            <Select
              label="Site"
              value={site?.id ?? null}
              onChange={setSite}
              options={sites.map((one) => ({ id: one.id, label: one.name }))}
            />
            <Radios
              label="What to do"
              value={workflow === "preflight" ? "checks" : "change"}
              onChange={(id) => setChecksOnly(id === "checks")}
              options={[
                { id: "change", label: reconfigures ? "Change the configuration" : stepTitle("execute", change) },
                ...(bare ? [] : [{ id: "checks", label: "Only run checks" }]),
              ]}
            />
            {batches && (
              <Select
                label="Workers upgraded at a time"
                value={atOnce}
                onChange={setAtOnce}
                options={AT_ONCE.map((count) => ({ id: String(count), label: count === 1 ? "One by one" : `${count} side by side` }))}
              />
            )}
          </Row>
          {site?.target === "linux" && bundle && <ClusterOf bundle={bundle} site={site} />}
          <Section title="Release">
            <BundleChoice bundles={bundles} installed={site?.installed ?? null} value={bundle?.id ?? null} onChange={setBundle} />
          </Section>
        </Stack>
      </StepFrame>
    </Wizard>
  );
}

function entries(course: Course): StepEntry[] {
  return stepsOf(course).map((id) => ({
    id,
    title: stepTitle(id, course.workflow),
    mark: "waiting",
    current: id === "release",
    open: id === "release",
  }));
}

function NothingToStart({ bundles }: { bundles: number }) {
  if (bundles === 0) {
    return (
      <Empty icon={Archive} title="No release to install" actions={<Button onPress={() => go({ screen: "library" })}>Open the library</Button>}>
        Import a bundle first: it carries the release and everything it needs.
      </Empty>
    );
  }
  return (
    <Empty icon={Server} title="No site to install on" actions={<Button onPress={() => go({ screen: "sites" })}>Open sites</Button>}>
      Add a site first.
    </Empty>
  );
}
