import { useState } from "react";

import type { LibraryView } from "../bindings/LibraryView";
import { announce } from "../components/Announcer";
import { Button } from "../components/Button";
import { Checkbox } from "../components/Choice";
import { Dialog } from "../components/Dialog";
import { Field } from "../components/Field";
import { bytes, count } from "../components/format";
import { Facts, Row, Section, Stack } from "../components/Layout";
import { ProblemNotice } from "../components/Notice";
import { useDo } from "../engine/ask";
import { fieldErrors, problemOf } from "../engine/problem";

/** Looking after the library: is all of it sound, what may go, where does it lie. */
export function Care({ library, onClose }: { library: LibraryView; onClose: () => void }) {
  return (
    <Dialog title="Look after the library" isOpen onClose={onClose}>
      <Stack gap="l">
        <Facts
          facts={[
            { term: "Folder", value: <code>{library.folder}</code> },
            { term: "Holds", value: `${count(library.blobs, "blob")}, ${bytes(library.size)}` },
            { term: "Free on its disk", value: bytes(library.free) },
          ]}
        />
        <Verify onBegun={onClose} />
        <Collect unneeded={library.unneeded} />
        <Move onBegun={onClose} />
      </Stack>
    </Dialog>
  );
}

function Verify({ onBegun }: { onBegun: () => void }) {
  const verify = useDo("library_verify");
  const [repair, setRepair] = useState(false);
  return (
    <Section title="Verify" level={3}>
      <Stack gap="s">
        <span>Reads and hashes every blob, to find what a disk lost.</span>
        <Checkbox label="Remove damaged blobs, so that importing their bundles again brings them back" isSelected={repair} onChange={setRepair} />
        {verify.isError && <ProblemNotice problem={problemOf(verify.error)} />}
        <Row end>
          <Button isDisabled={verify.isPending} onPress={() => verify.mutate({ bundle: null, repair }, { onSuccess: onBegun })}>
            Verify the library
          </Button>
        </Row>
      </Stack>
    </Section>
  );
}

function Collect({ unneeded }: { unneeded: number }) {
  const collect = useDo("library_collect");
  const done = collect.data ? `${count(collect.data.blobs.length, "blob was", "blobs were")} removed, ${bytes(collect.data.bytes)}.` : "";
  return (
    <Section title="Clean up" level={3}>
      <Stack gap="s">
        <span>{done || `${bytes(unneeded)} are needed by no bundle: imports that were stopped or refused left them for the next try.`}</span>
        {collect.isError && <ProblemNotice problem={problemOf(collect.error)} />}
        <Row end>
          <Button isDisabled={collect.isPending || unneeded === 0} onPress={() => collect.mutate({ dryRun: false }, { onSuccess: () => announce("Cleaned up.") })}>
            Remove what no bundle needs
          </Button>
        </Row>
      </Stack>
    </Section>
  );
}

function Move({ onBegun }: { onBegun: () => void }) {
  const move = useDo("library_move");
  const [folder, setFolder] = useState("");
  const errors = fieldErrors(move.error);
  return (
    <Section title="Move" level={3}>
      <Stack gap="s">
        <Field label="New folder" value={folder} onChange={setFolder} help="One that is not there yet, or is empty. Runs and other windows go on with it there." error={errors["folder"]} mono />
        {move.isError && Object.keys(errors).length === 0 && <ProblemNotice problem={problemOf(move.error)} />}
        <Row end>
          <Button isDisabled={move.isPending || folder.trim() === ""} onPress={() => move.mutate({ folder: folder.trim() }, { onSuccess: onBegun })}>
            Move the library
          </Button>
        </Row>
      </Stack>
    </Section>
  );
}
