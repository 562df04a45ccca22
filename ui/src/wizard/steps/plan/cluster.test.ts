import { expect, it } from "vitest";

import type { ClusterChange } from "../../../bindings/ClusterChange";
import { passedThrough } from "./ClusterChanges";

const cluster = (fromVersion: string | null, toVersion: string | null, through: string[]): ClusterChange => ({ runtime: "kubeadm", fromVersion, toVersion, through, hosts: [], recovery: "" });

it.each<[ClusterChange, string]>([
  [cluster(null, "v1.35.4", ["v1.35.4"]), "v1.35.4"],
  [cluster("v1.34.3", "v1.35.4", ["v1.35.4"]), "v1.34.3 → v1.35.4"],
  [cluster("v1.33.1", "v1.35.4", ["v1.34.3", "v1.35.4"]), "v1.33.1 → v1.34.3 → v1.35.4"],
  [cluster("v1.33.1", "v1.35.4", []), "v1.33.1 → v1.35.4"],
  [cluster(null, null, []), "–"],
])("passedThrough %#", (of, words) => expect(passedThrough(of)).toBe(words));
