import type { KubeconfigSource } from "../bindings/KubeconfigSource";
import type { KubernetesSite } from "../bindings/KubernetesSite";
import type { RegistrySettings } from "../bindings/RegistrySettings";
import { NO_REGISTRY } from "./RegistryForm";

/** A cluster as it is being filled in. */
export interface ClusterDraft {
  way: KubeconfigSource["type"];
  path: string;
  content: string;
  context: string;
  namespace: string;
  registry: RegistrySettings;
}

export const EMPTY_CLUSTER: ClusterDraft = { way: "environment", path: "", content: "", context: "", namespace: "", registry: NO_REGISTRY };

/** Changes a draft from what it is then. */
export type ChangeCluster = (change: (draft: ClusterDraft) => ClusterDraft) => void;

export function sourceOf({ way, path, content }: Pick<ClusterDraft, "way" | "path" | "content">): KubeconfigSource | null {
  if (way === "environment") return { type: "environment" };
  if (way === "file") return path.trim() ? { type: "file", path: path.trim() } : null;
  return content.trim() ? { type: "pasted", content } : null;
}

export function kubernetesOf(draft: ClusterDraft): KubernetesSite {
  return {
    kubeconfig: sourceOf(draft) ?? { type: "environment" },
    context: draft.context,
    namespace: draft.namespace.trim(),
    registry: draft.registry.address ? draft.registry : null,
    clusterUid: "",
  };
}

/** What keeps a draft from being sent, or nothing. */
export function missing(draft: ClusterDraft): string {
  if (!sourceOf(draft)) return "Name or paste a kubeconfig.";
  return draft.context === "" ? "Choose a context." : "";
}
