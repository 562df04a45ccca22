import { useState } from "react";

import type { BundleSummary } from "../bindings/BundleSummary";
import { Button } from "../components/Button";
import { Select } from "../components/Choice";
import { Dialog } from "../components/Dialog";
import { Row, Stack } from "../components/Layout";
import { Notice } from "../components/Notice";
import { useAsk } from "../engine/ask";
import { go } from "../frame/place";

/** Asks what a bundle is compared with: another of its application, or what a site runs. */
export function CompareWith({ bundle, onClose }: { bundle: BundleSummary; onClose: () => void }) {
  const bundles = useAsk("bundle_list", {}).data?.bundles ?? [];
  const sites = useAsk("site_list", { search: "", tag: null }).data?.sites ?? [];
  const [against, setAgainst] = useState("");
  const options = [
    ...bundles.filter((one) => one.slug === bundle.slug && one.id !== bundle.id).map((one) => ({ id: `bundle ${one.id}`, label: `${one.title} ${one.version}` })),
    ...sites
      .filter((site) => site.installed?.slug === bundle.slug && site.installed.version !== bundle.version)
      .map((site) => ({ id: `site ${site.id}`, label: `${site.installed?.version}, as ${site.name} runs it` })),
  ];
  const compare = () => {
    const [kind, id = ""] = against.split(" ");
    go({ screen: "compare", bundle: bundle.id, ...(kind === "site" ? { site: id } : { from: id }) });
  };
  return (
    <Dialog title={`What ${bundle.title} ${bundle.version} changes`} isOpen onClose={onClose}>
      <Stack>
        {options.length === 0 ? (
          <Notice tone="info" title="There is nothing to compare it with: no other bundle of this application is here, and no site runs it" />
        ) : (
          <Select label="Against" options={options} value={against} onChange={setAgainst} />
        )}
        <Row end>
          <Button onPress={onClose}>Close</Button>
          <Button kind="main" isDisabled={against === ""} onPress={compare}>
            Compare
          </Button>
        </Row>
      </Stack>
    </Dialog>
  );
}
