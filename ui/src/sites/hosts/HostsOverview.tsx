import type { LinuxSite } from "../../bindings/LinuxSite";
import type { SiteDetail } from "../../bindings/SiteDetail";
import { Stack } from "../../components/Layout";
import { RunLine } from "../../runs/RunLine";
import { Health, Installed } from "../Installed";
import { Cluster } from "./Cluster";

/** A site of Linux hosts on which something is installed, or was begun. */
export function HostsOverview({ detail: { summary, informers }, linux }: { detail: SiteDetail; linux: LinuxSite }) {
  return (
    <Stack gap="l">
      {summary.lastRun && <RunLine run={summary.lastRun} />}
      <Cluster site={summary} linux={linux} />
      <Installed app={summary.installed} />
      <Health informers={informers} />
    </Stack>
  );
}
