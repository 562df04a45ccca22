import type { InformerView } from "../bindings/InformerView";
import type { InstalledApp } from "../bindings/InstalledApp";
import { AppIcon } from "../components/AppIcon";
import { Facts, Panel, Section } from "../components/Layout";
import { StateMark, type Mark } from "../components/StateMark";
import { Ago } from "../components/Time";
import css from "./Overview.module.css";

/** The application on a site, from its installation record. */
export function Installed({ app }: { app: InstalledApp | null }) {
  return (
    <Section title="Installed">
      <Panel>
        {app ? (
          <div className={css.app}>
            <AppIcon icon={app.icon} size={48} />
            <Facts
              facts={[
                { term: "Application", value: app.title },
                { term: "Version", value: app.version },
                { term: "Channel", value: app.channel },
                { term: "Namespace", value: <code>{app.namespace}</code> },
                { term: "Revision", value: app.revision },
                { term: "Since", value: <Ago at={app.at} /> },
              ]}
            />
          </div>
        ) : (
          <p className={css.soft}>Nothing is installed here, as far as the site was last read.</p>
        )}
      </Panel>
    </Section>
  );
}

/** How the application is, in the words of what its vendor watches. */
export function Health({ informers }: { informers: InformerView[] }) {
  if (informers.length === 0) return null;
  return (
    <Section title="Health" aside={<span className={css.soft}>From the vendor's status informers</span>}>
      <Panel flush>
        <ul className={css.informers}>
          {informers.map((informer) => (
            <Informer key={informer.name} informer={informer} />
          ))}
        </ul>
      </Panel>
    </Section>
  );
}

const INFORMER: Record<InformerView["state"], { mark: Mark; word: string }> = {
  ready: { mark: "passed", word: "Ready" },
  updating: { mark: "running", word: "Updating" },
  degraded: { mark: "warning", word: "Degraded" },
  unavailable: { mark: "failed", word: "Unavailable" },
  missing: { mark: "failed", word: "Missing" },
};

function Informer({ informer }: { informer: InformerView }) {
  const { mark, word } = INFORMER[informer.state];
  return (
    <li>
      <StateMark mark={mark} word={word} />
      <code>{informer.name}</code>
      <span className={css.soft}>{informer.message}</span>
    </li>
  );
}
