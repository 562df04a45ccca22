import { useState } from "react";

import type { SupportSummary } from "../bindings/SupportSummary";
import { announce } from "../components/Announcer";
import { usePlatform } from "../engine/platform";
import { problemOf, type Problem } from "../engine/problem";
import { fileName } from "./words";

export interface Saving {
  save: () => void;
  busy: boolean;
  /** Whether it asks where to. */
  asks: boolean;
  /** Where it was written to. */
  saved: string | null;
  problem: Problem | null;
}

/** Writes a support bundle where the operator says, or has the browser keep it where it keeps files. */
export function useSave(summary: SupportSummary): Saving {
  const platform = usePlatform();
  const [busy, setBusy] = useState(false);
  const [saved, setSaved] = useState<string | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const write = async (): Promise<string | null> => {
    const name = fileName(summary);
    if (platform.downloadSupport) {
      await platform.downloadSupport(summary.id, name);
      return name;
    }
    const file = await platform.pickSave?.("Save the support bundle", name);
    if (!file) return null;
    await platform.call("support_save", { support: summary.id, file });
    return file;
  };
  const save = async () => {
    setBusy(true);
    setProblem(null);
    try {
      const file = await write();
      if (file !== null) {
        setSaved(file);
        announce(`Saved: ${file}.`);
      }
    } catch (error) {
      setProblem(problemOf(error));
    }
    setBusy(false);
  };
  return { save: () => void save(), busy, asks: !platform.downloadSupport, saved, problem };
}
