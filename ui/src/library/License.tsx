import type { LicenseSignature } from "../bindings/LicenseSignature";
import type { LicenseView } from "../bindings/LicenseView";
import { Facts, Panel, Section, Stack } from "../components/Layout";
import { Notice } from "../components/Notice";
import { StateMark, type Mark } from "../components/StateMark";

const SIGNATURE: Record<LicenseSignature, { mark: Mark; word: string }> = {
  signed: { mark: "passed", word: "Signed, unchanged" },
  unsigned: { mark: "unknown", word: "Unsigned" },
  refused: { mark: "failed", word: "Wrong" },
};

/** The license that comes with a release: whose, how it is signed, until when. */
export function License({ license }: { license: LicenseView }) {
  const { mark, word } = SIGNATURE[license.signature];
  return (
    <Section title="License">
      <Stack gap="s">
        {license.problem && (
          <Notice tone="bad" title={license.problem}>
            Nothing can be installed or upgraded under it.
          </Notice>
        )}
        {license.warnings.map((warning) => (
          <Notice key={warning} tone="warn" title={warning} />
        ))}
        <Panel>
          <Facts
            facts={[
              { term: "Signature", value: <StateMark mark={mark} word={word} /> },
              { term: "Customer", value: license.customer || "Not said" },
              { term: "Kind", value: license.kind || "Not said" },
              { term: "Expires", value: license.expiresAt ? license.expiresAt.slice(0, 10) : "Never" },
            ]}
          />
        </Panel>
      </Stack>
    </Section>
  );
}
