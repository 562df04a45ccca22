import { FileUp, FolderInput } from "lucide-react";
import { useState } from "react";
import { FileTrigger, Form } from "react-aria-components";

import { Button } from "../components/Button";
import { Dialog } from "../components/Dialog";
import { Field } from "../components/Field";
import { usePlatform } from "../engine/platform";
import { useImports } from "./import";

/** Ways in besides dropping: the system's dialog, a path, or a file that the browser sends to the server. */
export function ImportControls({ asking, onAsk }: { asking: boolean; onAsk: (asking: boolean) => void }) {
  const platform = usePlatform();
  const { fromPaths, fromFiles } = useImports();
  const [path, setPath] = useState("");
  const pick = async () => {
    const picked = await platform.pickFile?.("Import a bundle", ["airgap"]);
    if (picked) await fromPaths([picked]);
  };
  const submit = () => {
    if (path.trim() === "") return;
    onAsk(false);
    setPath("");
    void fromPaths([path.trim()]);
  };
  return (
    <>
      {platform.pickFile && (
        <Button icon={FileUp} onPress={() => void pick()}>
          Import…
        </Button>
      )}
      {platform.upload && (
        <FileTrigger acceptedFileTypes={[".airgap"]} allowsMultiple onSelect={(files) => void fromFiles([...(files ?? [])])}>
          <Button icon={FileUp}>Send a bundle…</Button>
        </FileTrigger>
      )}
      <Button icon={FolderInput} onPress={() => onAsk(true)}>
        Import by path…
      </Button>
      <Dialog title="Import a bundle by its path" isOpen={asking} onClose={() => onAsk(false)}>
        <Form
          onSubmit={(event) => {
            event.preventDefault();
            submit();
          }}
        >
          <Field
            label="Path of the .airgap file"
            value={path}
            onChange={setPath}
            mono
            // eslint-disable-next-line jsx-a11y/no-autofocus -- the dialog exists for this field
            autoFocus
            help={platform.kind === "http" ? "On the server's machine." : "On this machine."}
          >
            <Button type="submit" kind="main" isDisabled={path.trim() === ""}>
              Import
            </Button>
          </Field>
        </Form>
      </Dialog>
    </>
  );
}
