import type { ImportHolder } from "../../bindings/ImportHolder";
import type { ImportStatus } from "../../bindings/ImportStatus";
import type { LibraryCollected } from "../../bindings/LibraryCollected";
import type { SignatureState } from "../../bindings/SignatureState";
import { digest, PINNED, sampleBundles } from "./sample-bundles";
import { refuse } from "./refuse";
import type { World } from "./world";

const SIZE = 321_400_000;

const HERE: ImportHolder = { process: 4711, host: "desk", here: true };

/** Those that were interrupted once: the second time they come to their end. */
const KILLED = new Set<string>();

const OTHER_KEY: SignatureState = { type: "otherKey", fingerprint: `sha256:${digest("other-key")}`, pinned: PINNED };

/**
 * Imports a made-up file: one whose name says "broken" is refused on the way, "other-key" is signed with another key,
 * "killed" is interrupted, and "elsewhere" is imported by another process.
 */
export function importBundle(world: World, path: string): ImportStatus {
  const file = path.split(/[\\/]/).at(-1) ?? path;
  if (!file.endsWith(".airgap")) {
    throw refuse("badInput", `${file} is no bundle.`, "Choose a file whose name ends in .airgap.", [{ field: "path", message: "Not an .airgap file." }]);
  }
  const id = `import-${world.imports.length + 1}`;
  const status: ImportStatus = { id, file, state: "running", path, beganAt: Date.now(), holder: holderOf(file), done: 0, total: SIZE, rate: 48_500_000, kept: null, bundle: null, error: null };
  world.imports.unshift(status);
  return start(world, status);
}

function holderOf(file: string): ImportHolder {
  return file.includes("elsewhere") ? { process: 815, host: "bench", here: false } : HERE;
}

/** Goes on with one that broke off. */
export function resumeImport(world: World, id: string): ImportStatus {
  const status = brokenImport(world, id);
  Object.assign(status, { state: "running", beganAt: Date.now(), holder: HERE, done: 0, kept: null, error: null });
  return start(world, status);
}

/** Forgets one that broke off. */
export function discardImport(world: World, id: string): LibraryCollected {
  const status = brokenImport(world, id);
  world.imports.splice(world.imports.indexOf(status), 1);
  world.tell({ type: "bundlesChanged", bundle: null });
  return { blobs: [], bytes: status.kept ?? 0, removed: true };
}

/** Breaks one off, as a person does. */
export function cancelImport(world: World, id: string): ImportStatus {
  const status = world.imports.find((one) => one.id === id);
  if (!status) throw refuse("notFound", "There is no such import.");
  Object.assign(status, { state: "cancelled", holder: null, kept: status.done });
  world.tell({ type: "importChanged", import: { ...status } });
  return { ...status };
}

function brokenImport(world: World, id: string): ImportStatus {
  const status = world.imports.find((one) => one.id === id && one.kept !== null);
  if (!status) throw refuse("notFound", "There is no such import that could go on or be discarded.");
  return status;
}

function start(world: World, status: ImportStatus): ImportStatus {
  const timer = setInterval(() => {
    if (status.state === "running") move(world, status);
    if (status.state !== "running") clearInterval(timer);
  }, 200 / world.options.speed);
  return { ...status };
}

function move(world: World, status: ImportStatus): void {
  status.done = Math.min(SIZE, status.done + 9_700_000);
  const half = status.done > SIZE / 2;
  if (status.file.includes("killed") && half && !KILLED.has(status.id)) {
    KILLED.add(status.id);
    Object.assign(status, { state: "interrupted", kept: status.done });
  } else if (status.file.includes("broken") && half) {
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
  if (status.state !== "running") status.holder = null;
  world.tell({ type: "importChanged", import: { ...status } });
}
