import { REAL } from "./support";

const given = (name: string, sample: string) => process.env[`LONGSHORE_E2E_${name}`] ?? sample;

/**
 * What a journey needs to know of the world. The defaults are the sample engine's; against a server they come from the
 * environment: paths are of the server's machine.
 */
export const LAB = {
  site: given("SITE", "quay-lab"),
  kubeconfig: given("KUBECONFIG", "/home/operator/.kube/config"),
  context: given("CONTEXT", "quay-admin"),
  registry: given("REGISTRY", "registry.acme.example:5000"),
  insecure: process.env["LONGSHORE_E2E_REGISTRY_INSECURE"] === "1",
  first: { version: "1.0.0", bundle: given("BUNDLE_1_0_0", "/bundles/tidewater-1.0.0.airgap") },
  next: { version: "1.1.0", bundle: given("BUNDLE_1_1_0", "/bundles/tidewater-1.1.0.airgap") },
};

/** Time for what a real cluster does; the sample engine is told to hurry. */
export const LONG = REAL ? 120_000 : 30_000;

export const HURRY = REAL ? "" : "?speed=40";
