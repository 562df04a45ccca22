import { BaseScreen } from "../bases/BaseScreen";
import { BasesScreen } from "../bases/BasesScreen";
import { BundleScreen } from "../library/BundleScreen";
import { LibraryScreen } from "../library/LibraryScreen";
import { CheckHostsScreen } from "../preflights/CheckHostsScreen";
import { PreflightScreen } from "../preflights/PreflightScreen";
import { PreflightsScreen } from "../preflights/PreflightsScreen";
import { RunsScreen } from "../runs/RunsScreen";
import { SettingsScreen } from "../settings/SettingsScreen";
import { SiteScreen } from "../sites/SiteScreen";
import { SitesScreen } from "../sites/SitesScreen";
import { RunScreen } from "../wizard/RunScreen";
import { StartScreen } from "../wizard/StartScreen";
import { usePlace } from "./place";

/** The screen of the place one is at. A key per thing shown, so that nothing of one site is left when another is shown. */
export function Screen() {
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
    case "bases":
      return <BasesScreen />;
    case "base":
      return <BaseScreen key={place.base} base={place.base} tab={place.tab ?? "values"} />;
    case "library":
      return <LibraryScreen />;
    case "bundle":
      return <BundleScreen key={place.bundle} bundle={place.bundle} />;
    case "settings":
      return <SettingsScreen />;
  }
}
