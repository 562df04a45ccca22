import type { LinuxSite } from "../../bindings/LinuxSite";
import type { SiteSummary } from "../../bindings/SiteSummary";
import { Button } from "../../components/Button";
import { Facts, Panel, Section, Stack } from "../../components/Layout";
import { NameAndTags } from "../NameAndTags";

const PASSWORDS: Record<string, string> = { password: "for logging in", passphrase: "of the key files", rootPassword: "for sudo" };

export function HostsConnection({ detail, linux, onEdit }: { detail: SiteSummary; linux: LinuxSite; onEdit: () => void }) {
  const { ssh, stored } = linux;
  const kept = stored.map((name) => PASSWORDS[name] ?? name).join(", ");
  return (
    <Stack gap="l">
      <NameAndTags summary={detail} />
      <Section title="How hosts are reached" aside={<Button onPress={onEdit}>Change…</Button>}>
        <Panel>
          <Facts
            facts={[
              { term: "Key files", value: ssh.identities.join(", ") || "As ssh_config says" },
              { term: "known_hosts", value: ssh.knownHosts || "The usual files" },
              { term: "ssh_config", value: ssh.config || "The usual files" },
              { term: "Passwords", value: kept ? `Stored encrypted: ${kept}` : "None stored" },
              { term: "Root", value: ssh.asUser ? "Not wanted" : "Becomes root" },
            ]}
          />
        </Panel>
      </Section>
    </Stack>
  );
}
