import type { ReactNode } from "react";

import { Field } from "../../../components/Field";
import type { FieldOf } from "./settings";

export function NamespaceField({ field }: { field: FieldOf }) {
  return <Field label="Namespace" {...field("namespace")} help="Made when it does not exist. The application cannot move to another one later." />;
}

/** The ways out. `becomes` says what is reached without them once what must be is added. */
export function ProxyFields({ field, becomes }: { field: FieldOf; becomes?: ReactNode }) {
  return (
    <>
      <Field label="HTTP proxy" {...field("httpProxy")} placeholder="http://proxy.example:3128" help={becomes ? "Empty when hosts and application need none. It cannot be changed after the install." : "Empty when the application needs none."} />
      <Field label="HTTPS proxy" {...field("httpsProxy")} placeholder="http://proxy.example:3128" />
      <Field label="Hosts reached without a proxy" {...field("noProxy")} placeholder=".svc,.cluster.local,10.0.0.0/8" help={becomes ?? "Separated by commas."} />
    </>
  );
}
