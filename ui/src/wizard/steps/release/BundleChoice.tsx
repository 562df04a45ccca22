import { Radio, RadioGroup } from "react-aria-components";

import type { BundleSummary } from "../../../bindings/BundleSummary";
import type { InstalledApp } from "../../../bindings/InstalledApp";
import { AppIcon } from "../../../components/AppIcon";
import { bytes, count } from "../../../components/format";
import { Tag } from "../../../components/Tag";
import { compareVersions } from "../../../components/versions";
import { Signature } from "../../../library/columns";
import css from "./Release.module.css";

interface Props {
  bundles: BundleSummary[];
  installed: InstalledApp | null;
  value: string | null;
  onChange: (bundle: string) => void;
}

/** What the library holds, what is of this application first. */
export function BundleChoice({ bundles, installed, value, onChange }: Props) {
  const ordered = [...bundles].sort(
    (a, b) => Number(b.slug === installed?.slug) - Number(a.slug === installed?.slug) || compareVersions(b.version, a.version),
  );
  return (
    <RadioGroup aria-label="Release" value={value} onChange={onChange} className={css.choices}>
      {ordered.map((bundle) => (
        <Radio key={bundle.id} value={bundle.id} className={css.choice}>
          <AppIcon icon={bundle.icon} size={32} />
          <div className={css.what}>
            <div className={css.name}>
              {bundle.title} {bundle.version} <Relation bundle={bundle} installed={installed} />
            </div>
            <div className={css.about}>
              {bundle.channel}, {count(bundle.charts, "chart")}, {count(bundle.images, "image")}, {bytes(bundle.size)}
            </div>
          </div>
          <Signature state={bundle.signature} />
        </Radio>
      ))}
    </RadioGroup>
  );
}

function Relation({ bundle, installed }: { bundle: BundleSummary; installed: InstalledApp | null }) {
  if (!installed) return null;
  if (installed.slug !== bundle.slug) return <Tag tone="warn">Another application</Tag>;
  const order = compareVersions(bundle.version, installed.version);
  if (order === 0) return <Tag>Installed</Tag>;
  return order > 0 ? <Tag tone="accent">Newer</Tag> : <Tag tone="warn">Older than what runs</Tag>;
}
