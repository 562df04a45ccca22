import { useCallback } from "react";

import { useDo } from "../engine/ask";
import { usePlatform } from "../engine/platform";
import { problemOf, type Problem } from "../engine/problem";
import { go } from "../frame/place";
import { Store } from "../store";

/** Imports that were refused before they began; shown where imports are. */
export const refusals = new Store<readonly { file: string; problem: Problem }[]>([]);

function refuse(file: string, error: unknown): void {
  refusals.set([{ file, problem: problemOf(error) }, ...refusals.get()]);
}

export function dismiss(file: string): void {
  refusals.set(refusals.get().filter((one) => one.file !== file));
}

/** Ways to bring bundles in: paths of the engine's machine, or files that the browser sends. */
export function useImports() {
  const platform = usePlatform();
  const { mutateAsync } = useDo("bundle_import");
  const fromPaths = useCallback(
    async (paths: string[]) => {
      go({ screen: "library" });
      for (const path of paths) await mutateAsync({ path, once: false }).catch((error: unknown) => refuse(path, error));
    },
    [mutateAsync],
  );
  const fromFiles = useCallback(
    async (files: File[]) => {
      go({ screen: "library" });
      for (const file of files) await platform.upload?.(file).catch((error: unknown) => refuse(file.name, error));
    },
    [platform],
  );
  return { fromPaths, fromFiles };
}
