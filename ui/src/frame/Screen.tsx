import { lazy, Suspense } from "react";

import { Loading } from "../components/Empty";
import { LibraryScreen } from "../library/LibraryScreen";
import { RunsScreen } from "../runs/RunsScreen";
import { SiteScreen } from "../sites/SiteScreen";
import { SitesScreen } from "../sites/SitesScreen";
import { usePlace } from "./place";

// What is not seen when the window opens is read when it is gone to, so that the window opens sooner.
const BaseScreen = lazy(async () => ({ default: (await import("../bases/BaseScreen")).BaseScreen }));
const BasesScreen = lazy(async () => ({ default: (await import("../bases/BasesScreen")).BasesScreen }));
const BundleScreen = lazy(async () => ({ default: (await import("../library/BundleScreen")).BundleScreen }));
const CheckHostsScreen = lazy(async () => ({ default: (await import("../preflights/CheckHostsScreen")).CheckHostsScreen }));
const CompareScreen = lazy(async () => ({ default: (await import("../library/CompareScreen")).CompareScreen }));
const PreflightScreen = lazy(async () => ({ default: (await import("../preflights/PreflightScreen")).PreflightScreen }));
const PreflightsScreen = lazy(async () => ({ default: (await import("../preflights/PreflightsScreen")).PreflightsScreen }));
const SettingsScreen = lazy(async () => ({ default: (await import("../settings/SettingsScreen")).SettingsScreen }));
const SupportScreen = lazy(async () => ({ default: (await import("../support/SupportScreen")).SupportScreen }));
const SupportsScreen = lazy(async () => ({ default: (await import("../support/SupportsScreen")).SupportsScreen }));
const RunScreen = lazy(async () => ({ default: (await import("../wizard/RunScreen")).RunScreen }));
const StartScreen = lazy(async () => ({ default: (await import("../wizard/StartScreen")).StartScreen }));

/** The screen of the place one is at. A key per thing shown, so that nothing of one site is left when another is shown. */
export function Screen() {
  return (
    <Suspense fallback={<Loading what="Opening" />}>
      <Shown />
    </Suspense>
  );
}

function Shown() {
  const place = usePlace();
  switch (place.screen) {
    case "sites":
      return <SitesScreen />;
    case "site":
      return <SiteScreen key={place.site} site={place.site} tab={place.tab ?? "overview"} host={place.host ?? null} />;
    case "start":
      return <StartScreen key={`${place.site}`} site={place.site} bundle={place.bundle} />;
    case "run":
      return <RunScreen key={place.run} run={place.run} look={place.look} />;
    case "runs":
      return <RunsScreen site={place.site ?? null} />;
    case "preflights":
      return <PreflightsScreen />;
    case "preflight":
      return <PreflightScreen key={`${place.preflight} ${place.against}`} preflight={place.preflight} against={place.against ?? null} />;
    case "checkhosts":
      return <CheckHostsScreen key={`${place.like} ${place.site}`} like={place.like ?? null} accept={place.accept ?? []} site={place.site ?? null} />;
    case "supports":
      return <SupportsScreen asking={place.asking ?? null} path={place.path ?? ""} />;
    case "support":
      return <SupportScreen key={place.support} support={place.support} tab={place.tab ?? "findings"} file={place.file ?? null} line={place.line ?? null} />;
    case "bases":
      return <BasesScreen />;
    case "base":
      return <BaseScreen key={place.base} base={place.base} tab={place.tab ?? "values"} />;
    case "library":
      return <LibraryScreen />;
    case "bundle":
      return <BundleScreen key={place.bundle} bundle={place.bundle} />;
    case "compare":
      return <CompareScreen key={`${place.bundle} ${place.from} ${place.site}`} bundle={place.bundle} from={place.from ?? null} site={place.site ?? null} />;
    case "settings":
      return <SettingsScreen />;
  }
}
