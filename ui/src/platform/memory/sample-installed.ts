import type { InformerView } from "../../bindings/InformerView";
import type { InstalledApp } from "../../bindings/InstalledApp";
import { TIDEWATER_ICON } from "./sample-bundles";

export function installedApp(version: string, revision: number, at: number): InstalledApp {
  return { slug: "tidewater", title: "Tidewater", icon: TIDEWATER_ICON, version, channel: "Stable", namespace: "tidewater", revision, at };
}

export const INFORMERS: InformerView[] = [
  { name: "deployment/tidewater-web", state: "ready", message: "3 of 3 pods ready" },
  { name: "service/tidewater-web", state: "ready", message: "3 endpoints" },
];
