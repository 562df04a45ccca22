import { useMemo, useState } from "react";
import { Form } from "react-aria-components";

import type { BaseView } from "../bindings/BaseView";
import { Button } from "../components/Button";
import { Select, type Option } from "../components/Choice";
import { Dialog } from "../components/Dialog";
import { Field } from "../components/Field";
import { Stack } from "../components/Layout";
import { ProblemNotice } from "../components/Notice";
import { useAsk, useDo } from "../engine/ask";
import { fieldErrors, problemOf } from "../engine/problem";
import { go } from "../frame/place";
import { NO_CHANGE } from "./words";

const EMPTY = "empty";

/** Makes a base: empty, for an application that is known, or with the values that a site has. */
export function MakeBase({ onClose }: { onClose: () => void }) {
  const put = useDo("base_put");
  const take = useDo("base_take");
  const [name, setName] = useState("");
  const [slug, setSlug] = useState<string | null>(null);
  const [from, setFrom] = useState(EMPTY);
  const { applications, sites } = useChoices();
  const application = slug ?? applications[0]?.id ?? null;
  const error = put.error ?? take.error;
  const busy = put.isPending || take.isPending;
  const ready = name.trim() !== "" && (from !== EMPTY || application !== null) && !busy;
  const onSuccess = ({ summary }: BaseView) => {
    onClose();
    go({ screen: "base", base: summary.id });
  };
  const make = () => {
    put.reset();
    take.reset();
    if (from === EMPTY) put.mutate({ ...NO_CHANGE, name: name.trim(), slug: application }, { onSuccess });
    else take.mutate({ site: from, base: null, name: name.trim(), items: [], passwords: false }, { onSuccess });
  };
  const footer = (
    <>
      <Button onPress={onClose}>Cancel</Button>
      <Button kind="main" type="submit" form="make-base" isDisabled={!ready}>
        {busy ? "Making…" : "Make the base"}
      </Button>
    </>
  );
  return (
    <Dialog title="New base" isOpen onClose={onClose} footer={footer}>
      <Form
        id="make-base"
        onSubmit={(event) => {
          event.preventDefault();
          if (ready) make();
        }}
      >
        <Stack>
          {/* eslint-disable-next-line jsx-a11y/no-autofocus -- the dialog begins with this field */}
          <Field label="Name" value={name} onChange={setName} autoFocus error={fieldErrors(error)["name"]} />
          <Select
            label="Values"
            options={[{ id: EMPTY, label: "None yet" }, ...sites]}
            value={from}
            onChange={setFrom}
            help="Of a site, what somebody gave there is taken. Passwords stay the site’s own, and the site does not change."
          />
          {from === EMPTY && (
            <Select
              label="Application"
              options={applications}
              value={application}
              onChange={setSlug}
              help={applications.length === 0 ? "Import a bundle first: it says what there is to set." : undefined}
              error={fieldErrors(error)["slug"]}
            />
          )}
          {error && <ProblemNotice problem={problemOf(error)} />}
        </Stack>
      </Form>
    </Dialog>
  );
}

/** Applications that are known, and sites that run one. */
function useChoices(): { applications: Option[]; sites: Option[] } {
  const bundles = useAsk("bundle_list", {}).data?.bundles;
  const sites = useAsk("site_list", { search: "", tag: null }).data?.sites;
  return useMemo(() => {
    const titles = new Map<string, string>();
    for (const site of sites ?? []) if (site.installed) titles.set(site.installed.slug, site.installed.title);
    for (const bundle of bundles ?? []) titles.set(bundle.slug, bundle.title);
    const running = (sites ?? []).filter((site) => site.installed);
    return {
      applications: [...titles].map(([id, title]) => ({ id, label: title || id })),
      sites: running.map((site) => ({ id: site.id, label: `Those of ${site.name}, ${site.installed?.title ?? ""} ${site.installed?.version ?? ""}` })),
    };
  }, [bundles, sites]);
}
