import { useState } from "react";

import type { BundleSummary } from "../bindings/BundleSummary";
import { announce } from "../components/Announcer";
import { Button } from "../components/Button";
import { Dialog } from "../components/Dialog";
import { Field } from "../components/Field";
import { Id } from "../components/Id";
import { Row, Stack } from "../components/Layout";
import { Notice, ProblemNotice } from "../components/Notice";
import { useDo } from "../engine/ask";
import { fieldErrors, problemOf } from "../engine/problem";

/** What there is to know and to do about who vouches for a bundle; nothing where the pinned key does. */
export function SignaturePanel({ bundle }: { bundle: BundleSummary }) {
  const [pinning, setPinning] = useState(false);
  const { signature: state, slug } = bundle;
  const pin = (words: string) => <Button onPress={() => setPinning(true)}>{words}</Button>;
  return (
    <>
      {state.type === "otherKey" && (
        <Notice tone="bad" title={`Signed with another key than the one pinned for ${slug}`} actions={pin("The vendor has a new key…")}>
          It cannot be installed or upgraded to. Ask the vendor by another way whether its key has changed: this one is <Id value={state.fingerprint} label="fingerprint of the key" length={32} />, the pinned one{" "}
          <Id value={state.pinned} label="fingerprint of the pinned key" length={32} />.
        </Notice>
      )}
      {state.type === "refused" && (
        <Notice tone="bad" title="The signature does not fit this bundle">
          {state.why}. It cannot be installed or upgraded to; get it again from its vendor.
        </Notice>
      )}
      {state.type === "signed" && !state.pinned && (
        <Notice tone="warn" title={`Signed, and no key is pinned for ${slug}`} actions={pin("Pin this key…")}>
          Compare its fingerprint with what the vendor gave you by another way: <Id value={state.fingerprint} label="fingerprint of the key" length={32} />
        </Notice>
      )}
      {state.type === "unknown" && (
        <Notice tone="warn" title="Signed by a key that did not come along" actions={pin("Add the vendor's key…")}>
          The signature names the key {state.key}.
        </Notice>
      )}
      {pinning && <PinKey bundle={bundle} onClose={() => setPinning(false)} />}
    </>
  );
}

function PinKey({ bundle, onClose }: { bundle: BundleSummary; onClose: () => void }) {
  const pin = useDo("vendor_key_pin");
  const carried = bundle.signature.type !== "unknown";
  const [key, setKey] = useState("");
  const [fingerprint, setFingerprint] = useState("");
  const errors = fieldErrors(pin.error);
  const done = () => {
    announce(`The key of ${bundle.slug} is pinned.`);
    onClose();
  };
  const begin = () =>
    pin.mutate({ slug: bundle.slug, key: carried ? null : key, bundle: carried ? bundle.id : null, fingerprint }, { onSuccess: done });
  return (
    <Dialog title={`The key of ${bundle.slug}`} isOpen onClose={onClose}>
      <Stack>
        {carried ? (
          <span>From now on, bundles of {bundle.slug} that are signed with another key are refused.</span>
        ) : (
          <Field label="Public key" value={key} onChange={setKey} rows={4} help="minisign's, or PEM." error={errors["key"]} mono />
        )}
        <Field label="Fingerprint that the vendor gave you" value={fingerprint} onChange={setFingerprint} placeholder="sha256:…" help="By another way than the bundle. The key is refused when it has another one." error={errors["fingerprint"]} mono />
        {pin.isError && Object.keys(errors).length === 0 && <ProblemNotice problem={problemOf(pin.error)} />}
        <Row end>
          <Button onPress={onClose}>Close</Button>
          <Button kind="main" isDisabled={pin.isPending || fingerprint.trim() === "" || (!carried && key.trim() === "")} onPress={begin}>
            Pin the key
          </Button>
        </Row>
      </Stack>
    </Dialog>
  );
}
