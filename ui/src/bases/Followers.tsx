import { Server } from "lucide-react";
import { useState } from "react";

import type { BaseSummary } from "../bindings/BaseSummary";
import { Button } from "../components/Button";
import { Empty } from "../components/Empty";
import { Stack } from "../components/Layout";
import { ProblemNotice } from "../components/Notice";
import { useDo } from "../engine/ask";
import { problemOf } from "../engine/problem";
import { go } from "../frame/place";
import css from "./Bases.module.css";
import { ChooseSites } from "./ChooseSites";

/** The sites that follow a base. */
export function Followers({ summary }: { summary: BaseSummary }) {
  const [choosing, setChoosing] = useState(false);
  const leave = useDo("base_unassign");
  const choose = (
    <Button kind="main" onPress={() => setChoosing(true)}>
      Let sites follow it…
    </Button>
  );
  return (
    <Stack>
      {summary.sites.length > 0 && (
        <div className={css.bar}>
          <span className={css.soft}>Each begins its next install or upgrade with the base’s values, and over them with its own.</span>
          {choose}
        </div>
      )}
      {leave.isError && <ProblemNotice problem={problemOf(leave.error)} />}
      {summary.sites.length === 0 ? (
        <Empty icon={Server} title="No site follows it" actions={choose}>
          A site that does begins its next install or upgrade with these values. What it says otherwise stays its own.
        </Empty>
      ) : (
        <div className={css.scroll}>
          <table className={css.rows} aria-label={`Sites that follow ${summary.name}`}>
            <thead>
              <tr>
                <th scope="col">Site</th>
                <th scope="col">
                  <span className="said">Actions</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {summary.sites.map((site) => (
                <tr key={site.id}>
                  <th scope="row" className={css.item}>
                    {site.name}
                  </th>
                  <td className={css.end}>
                    <Button kind="quiet" onPress={() => go({ screen: "site", site: site.id })} aria-label={`Open ${site.name}`}>
                      Open
                    </Button>
                    <Button
                      kind="quiet"
                      isDisabled={leave.isPending}
                      onPress={() => leave.mutate({ base: summary.id, sites: [site.id] })}
                      aria-label={`Stop following at ${site.name}`}
                    >
                      Stop following
                    </Button>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {choosing && <ChooseSites summary={summary} onClose={() => setChoosing(false)} />}
    </Stack>
  );
}
