import { MarkIcon } from "../components/StateMark";
import { count } from "../components/format";
import { useAsk } from "../engine/ask";
import { link } from "../engine/live";
import { usePlatform } from "../engine/platform";
import { useStore } from "../store";
import css from "./StatusLine.module.css";

/** The engine in one line: that it is there, what it holds, where it keeps things. */
export function StatusLine() {
  const { kind } = usePlatform();
  const health = useAsk("health", {});
  const sites = useAsk("site_list", { search: "", tag: null }).data?.sites ?? [];
  const runs = useAsk("run_list", { site: null, state: null, limit: 0 }).data?.runs ?? [];
  const state = useStore(link);
  const locks = runs.filter((run) => run.executing).length;
  const foreign = sites.filter((site) => site.lease && !site.lastRun?.executing).length;
  const offline = sites.filter((site) => site.reachability.type === "offline").length;
  const down = state === "down" || health.isError;
  return (
    <footer className={css.line} aria-label="Status">
      <span className={down ? css.down : css.up}>
        <MarkIcon mark={down ? "failed" : "passed"} />
        {down ? "Engine does not answer, trying again" : `Engine ${health.data?.version ?? ""}`}
        {kind === "http" && " at the server"}
      </span>
      <span>{locks === 0 ? "No lock held" : `${count(locks, "lock")} held`}</span>
      {foreign > 0 && <span>{count(foreign, "site")} held by others</span>}
      {offline > 0 && <span>{count(offline, "site")} offline</span>}
      {health.data && (
        <span className={css.path} title={health.data.data}>
          Data and logs in <code>{health.data.data}</code>
        </span>
      )}
    </footer>
  );
}
