import type { ImportStatus } from "../../bindings/ImportStatus";
import type { SignatureState } from "../../bindings/SignatureState";
import { digest, PINNED, sampleBundles } from "./sample-bundles";
import { refuse } from "./refuse";
import type { World } from "./world";

const SIZE = 321_400_000;

const OTHER_KEY: SignatureState = { type: "otherKey", fingerprint: `sha256:${digest("other-key")}`, pinned: PINNED };

/** Imports a made-up file: one whose name says "broken" is refused on the way, "other-key" is signed with another key. */
export function importBundle(world: World, path: string): ImportStatus {
  const file = path.split(/[\\/]/).at(-1) ?? path;
  if (!file.endsWith(".airgap")) {
    throw refuse("badInput", `${file} is no bundle.`, "Choose a file whose name ends in .airgap.", [{ field: "path", message: "Not an .airgap file." }]);
  }
  const status: ImportStatus = { id: `import-${world.imports.length + 1}`, file, state: "running", path, done: 0, total: SIZE, bundle: null, error: null };
  world.imports.unshift(status);
  const timer = setInterval(() => {
    if (status.state === "running") move(world, status);
    if (status.state !== "running") clearInterval(timer);
  }, 200 / world.options.speed);
  return { ...status };
}

function move(world: World, status: ImportStatus): void {
  status.done = Math.min(SIZE, status.done + 9_700_000);
  if (status.file.includes("broken") && status.done > SIZE / 2) {
    status.state = "failed";
    status.error = {
      code: "badInput",
      message: "The member images/blobs/sha256/4f1c9a does not have the digest its name says.",
      hint: "The file is damaged or was changed. Copy it again.",
      fields: [],
    };
  } else if (status.done === SIZE) {
    const [like] = sampleBundles();
    const version = /(\d+\.\d+\.\d+)/.exec(status.file)?.[1] ?? "1.2.0";
    if (like) {
      status.bundle = digest(status.file);
      const signature = status.file.includes("other-key") ? OTHER_KEY : like.summary.signature;
      world.bundles.unshift({ ...like, summary: { ...like.summary, id: status.bundle, file: status.file, version, signature, importedAt: Date.now() } });
    }
    status.state = "done";
    world.tell({ type: "bundlesChanged", bundle: status.bundle });
  }
  world.tell({ type: "importChanged", import: { ...status } });
}
