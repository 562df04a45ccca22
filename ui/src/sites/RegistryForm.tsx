import type { RegistrySettings } from "../bindings/RegistrySettings";
import { Checkbox } from "../components/Choice";
import { Field } from "../components/Field";
import { Stack } from "../components/Layout";
import css from "./Sites.module.css";

export const NO_REGISTRY: RegistrySettings = {
  address: "",
  pushAddress: null,
  namespace: "",
  username: "",
  password: null,
  insecure: false,
  ca: "",
};

export interface RegistryFormProps {
  value: RegistrySettings;
  onChange: (value: RegistrySettings) => void;
  errors: Record<string, string>;
  /** A password is stored; it is never shown, only replaced. */
  stored: boolean;
}

/** The registry of a site. The password only goes in: an empty field leaves the stored one as it is. */
export function RegistryForm({ value, onChange, errors, stored }: RegistryFormProps) {
  const set = (change: Partial<RegistrySettings>) => onChange({ ...value, ...change });
  const error = (field: string) => errors[field] ?? errors[`registry.${field}`] ?? errors[`kubernetes.registry.${field}`];
  return (
    <Stack>
      <div className={css.pair}>
        <Field
          label="Address"
          value={value.address}
          onChange={(address) => set({ address })}
          placeholder="registry.example:5000"
          help="As the cluster reaches it."
          error={error("address")}
          mono
        />
        <Field
          label="Address from here"
          value={value.pushAddress ?? ""}
          onChange={(text) => set({ pushAddress: text || null })}
          help="Only when it differs."
          error={error("pushAddress")}
          mono
        />
        <Field label="Namespace" value={value.namespace} onChange={(namespace) => set({ namespace })} help="Images go below it." error={error("namespace")} mono />
        <Field label="User name" value={value.username} onChange={(username) => set({ username })} help="Empty for anonymous." error={error("username")} autoComplete="off" />
        <Field
          label="Password"
          type="password"
          value={value.password ?? ""}
          onChange={(text) => set({ password: text || null })}
          placeholder={stored ? "Stored; type to replace" : ""}
          autoComplete="new-password"
          error={error("password")}
        />
      </div>
      <Checkbox
        label="Accept plain HTTP or any certificate"
        isSelected={value.insecure}
        onChange={(insecure) => set({ insecure })}
      />
      <Field
        label="Certificate authority"
        value={value.ca}
        onChange={(ca) => set({ ca })}
        rows={3}
        mono
        help="PEM of the authority that signed its certificate, when it is not a public one."
        error={error("ca")}
      />
    </Stack>
  );
}
