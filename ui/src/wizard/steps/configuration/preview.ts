import type { Change } from "../../../bindings/Change";
import type { ConfigRendering } from "../../../bindings/ConfigRendering";
import { count } from "../../../components/format";

/** What a rendering says in a few words. */
export function renderingWords({ charts, manifestsBefore, manifestsAfter }: ConfigRendering): string {
  const changed = charts.filter((one) => one.change !== "keep").length;
  const manifests = manifestsBefore === manifestsAfter ? "" : "plain manifests";
  if (changed === 0) return manifests ? "Only plain manifests" : "No chart and no manifest";
  const words = `${changed} of ${count(charts.length, "chart")}`;
  return manifests ? `${words} and ${manifests}` : words;
}

/** What does not change, in one line; empty when everything does. */
export function unchangedWords({ charts, manifestsBefore, manifestsAfter }: ConfigRendering): string {
  const names = charts.filter((one) => one.change === "keep").map((one) => one.release);
  if (manifestsBefore === manifestsAfter && manifestsAfter !== "") names.push("plain manifests");
  return names.length === 0 ? "" : `${names.length} unchanged: ${names.join(", ")}`;
}

export const CHART_WORDS: Record<Change, string> = { add: "Installed", change: "Changed", remove: "Removed", keep: "Same" };
