import { Plus, X } from "lucide-react";
import { useState } from "react";

import type { Settings } from "../bindings/Settings";
import type { TrustedKey } from "../bindings/TrustedKey";
import { announce } from "../components/Announcer";
import { Button } from "../components/Button";
import { Checkbox } from "../components/Choice";
import { Field } from "../components/Field";
import { Id } from "../components/Id";
import { Row, Stack } from "../components/Layout";
import { ProblemNotice } from "../components/Notice";
import { useDo } from "../engine/ask";
import { fieldErrors, problemOf } from "../engine/problem";

// The same at each rendering: another one would take the focus back at each key.
const begin = (input: HTMLInputElement | null) => input?.focus();
const NONE: TrustedKey = { id: "", pem: "" };

/** What is asked of licenses: a signature, and by whom besides the keys that come with Longshore. */
export function LicenseKeys({ stored }: { stored: Settings }) {
  const save = useDo("settings_set");
  const [adding, setAdding] = useState<TrustedKey | null>(null);
  const { trustedKeys } = stored.licenses;
  const errors = fieldErrors(save.error);
  const refused = (field: string) => errors[`licenses.trustedKeys.${trustedKeys.length}.${field}`];
  const keep = (licenses: Partial<Settings["licenses"]>, said: string) =>
    save.mutate(
      { ...stored, licenses: { ...stored.licenses, ...licenses } },
      {
        onSuccess: () => {
          setAdding(null);
          announce(said);
        },
      },
    );
  return (
    <Stack>
      <Checkbox
        label="Refuse licenses without a signature"
        isSelected={stored.licenses.signatureRequired}
        onChange={(signatureRequired) => keep({ signatureRequired }, "Settings saved.")}
      />
      {trustedKeys.map((key) => (
        <Row key={key.id} between>
          <Id value={key.id} label="the id of the key" />
          <Button
            kind="quiet"
            icon={X}
            aria-label={`Remove key ${key.id}`}
            isDisabled={save.isPending}
            onPress={() => keep({ trustedKeys: trustedKeys.filter((one) => one.id !== key.id) }, `Key ${key.id} is believed no more.`)}
          >
            Remove
          </Button>
        </Row>
      ))}
      {adding ? (
        <Stack>
          <Field
            label="Id of the key"
            inputRef={begin}
            value={adding.id}
            onChange={(id) => setAdding({ ...adding, id })}
            help="As the vendor's licenses name it."
            error={refused("id")}
            mono
          />
          <Field
            label="Public key"
            value={adding.pem}
            onChange={(pem) => setAdding({ ...adding, pem })}
            placeholder="-----BEGIN PUBLIC KEY-----"
            help="PEM; RSA of 2048 bits at least. Compare it with what the vendor gave you by another way."
            error={refused("pem")}
            rows={6}
            mono
          />
          <Row end>
            <Button onPress={() => setAdding(null)}>Cancel</Button>
            <Button isDisabled={save.isPending} onPress={() => keep({ trustedKeys: [...trustedKeys, adding] }, `Key ${adding.id} is believed from now on.`)}>
              Believe this key
            </Button>
          </Row>
        </Stack>
      ) : (
        <Row>
          <Button icon={Plus} onPress={() => setAdding(NONE)}>
            Add a vendor's key…
          </Button>
        </Row>
      )}
      {save.isError && Object.keys(errors).length === 0 && <ProblemNotice problem={problemOf(save.error)} />}
    </Stack>
  );
}
