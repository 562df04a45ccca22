import { Archive } from "lucide-react";
import { useEffect, useState } from "react";

import { Dialog } from "../components/Dialog";
import { ProblemNotice } from "../components/Notice";
import { usePlatform } from "../engine/platform";
import { problemOf, type Problem } from "../engine/problem";
import { go } from "../frame/place";
import css from "./Library.module.css";
import { useImports } from "./import";
import { windowDrop } from "./window-drop";

/** The whole window takes bundles. */
export function DropAnywhere() {
  const platform = usePlatform();
  const { fromPaths, fromFiles } = useImports();
  const [over, setOver] = useState<"bundles" | "support" | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  useEffect(() => {
    if (platform.onFileDrop) {
      const failed = (error: unknown) => setProblem(problemOf(error));
      const support = (path: string) => go({ screen: "supports", asking: "open", path });
      return windowDrop(platform, { bundles: (paths) => void fromPaths(paths), support, over: setOver, failed });
    }
    if (!platform.upload) return undefined;
    return browserDrop((files) => void fromFiles(files), (held) => setOver(held ? "bundles" : null));
  }, [platform, fromPaths, fromFiles]);
  if (problem) {
    return (
      <Dialog title="The file was not taken" isOpen onClose={() => setProblem(null)}>
        <ProblemNotice problem={problem} />
      </Dialog>
    );
  }
  if (!over) return null;
  return (
    <div className={css.drop}>
      <Archive aria-hidden size={32} strokeWidth={1.25} />
      {over === "support" ? "Drop the support bundle to open it" : "Drop bundles to import them"}
    </div>
  );
}

function browserDrop(drop: (files: File[]) => void, hover: (over: boolean) => void): () => void {
  const carriesFiles = (event: DragEvent) => event.dataTransfer?.types.includes("Files") ?? false;
  const over = (event: DragEvent) => {
    if (!carriesFiles(event)) return;
    if (isTaken(event)) return hover(false);
    event.preventDefault();
    hover(true);
  };
  const left = (event: DragEvent) => event.relatedTarget === null && hover(false);
  const dropped = (event: DragEvent) => {
    if (!carriesFiles(event) || isTaken(event)) return;
    event.preventDefault();
    hover(false);
    drop([...(event.dataTransfer?.files ?? [])]);
  };
  window.addEventListener("dragover", over, { capture: true });
  window.addEventListener("dragleave", left);
  window.addEventListener("drop", dropped);
  return () => {
    window.removeEventListener("dragover", over, { capture: true });
    window.removeEventListener("dragleave", left);
    window.removeEventListener("drop", dropped);
  };
}

/** A field that takes files takes what is dropped on it. */
function isTaken(event: DragEvent): boolean {
  return event.target instanceof Element && event.target.closest("[data-takes-files]") !== null;
}
