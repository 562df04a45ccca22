import type { BundleSummary } from "../bindings/BundleSummary";
import type { SignatureState } from "../bindings/SignatureState";
import { AppIcon } from "../components/AppIcon";
import type { ColumnSpec } from "../components/DataTable";
import { bytes, middle } from "../components/format";
import { StateMark } from "../components/StateMark";
import { Tag } from "../components/Tag";
import { Ago } from "../components/Time";
import { compareVersions } from "../components/versions";
import css from "./Library.module.css";

export const BUNDLE_COLUMNS: ColumnSpec<BundleSummary>[] = [
  {
    id: "app",
    title: "Release",
    width: "2fr",
    minWidth: 170,
    head: true,
    order: (a, b) => a.slug.localeCompare(b.slug) || compareVersions(a.version, b.version),
    cell: (bundle) => (
      <>
        <AppIcon icon={bundle.icon} />
        <span className={css.name}>
          {bundle.title} {bundle.version}
        </span>
        {bundle.required && <Tag title="Later releases must not skip it">Required</Tag>}
      </>
    ),
  },
  { id: "channel", title: "Channel", width: "1fr", minWidth: 80, cell: (bundle) => bundle.channel },
  { id: "signature", title: "Signature", width: "1.4fr", minWidth: 120, cell: (bundle) => <Signature state={bundle.signature} /> },
  { id: "charts", title: "Charts", width: 68, end: true, cell: (bundle) => bundle.charts },
  { id: "images", title: "Images", width: 68, end: true, cell: (bundle) => bundle.images },
  {
    id: "size",
    title: "Size",
    width: 90,
    end: true,
    order: (a, b) => a.size - b.size,
    cell: (bundle) => <span title={`${bytes(bundle.uniqueSize)} not shared with other bundles`}>{bytes(bundle.size)}</span>,
  },
  { id: "file", title: "File", width: "1.6fr", minWidth: 130, cell: (bundle) => <code title={bundle.file}>{middle(bundle.file, 20)}</code> },
  { id: "at", title: "Imported", width: "1fr", minWidth: 100, order: (a, b) => a.importedAt - b.importedAt, cell: (bundle) => <Ago at={bundle.importedAt} /> },
];

/** Whether somebody vouches for a bundle. That nobody does is shown, not hidden. */
export function Signature({ state }: { state: SignatureState }) {
  switch (state.type) {
    case "unsigned":
      return <StateMark mark="warning" word="Unsigned" title="Nobody vouches for this bundle." />;
    case "refused":
      return <StateMark mark="failed" word="Wrong signature" title={state.why} />;
    case "otherKey":
      return <StateMark mark="failed" word="Another key" title={`Signed with ${state.fingerprint}; pinned is ${state.pinned}.`} />;
    case "unknown":
      return <StateMark mark="warning" word="Unknown key" title={`Signed by a key that is not here: ${state.key}`} />;
    case "signed":
      if (state.pinned) return <StateMark mark="passed" word="Signed" title={[state.fingerprint, state.comment].filter(Boolean).join(", ")} />;
      return <StateMark mark="warning" word={`Signed by ${middle(state.fingerprint, 16)}`} title={`${state.fingerprint}: no key is pinned for this application.`} />;
  }
}
