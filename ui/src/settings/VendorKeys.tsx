import { X } from "lucide-react";

import { announce } from "../components/Announcer";
import { Button } from "../components/Button";
import { Loading } from "../components/Empty";
import { Id } from "../components/Id";
import { Row, Stack } from "../components/Layout";
import { ProblemNotice } from "../components/Notice";
import { Ago } from "../components/Time";
import { useAsk, useDo } from "../engine/ask";
import { problemOf } from "../engine/problem";

/** The keys whose signatures on bundles are taken for vendors'. */
export function VendorKeys() {
  const list = useAsk("vendor_key_list", {});
  const remove = useDo("vendor_key_remove");
  if (list.isPending) return <Loading what="Reading the keys" />;
  return (
    <Stack>
      {list.isError && <ProblemNotice problem={problemOf(list.error)} />}
      {list.data?.keys.length === 0 && <span>None yet. The first signed bundle of an application pins the key that comes with it.</span>}
      {list.data?.keys.map((key) => (
        <Row key={key.slug} between>
          <span>
            <strong>{key.slug}</strong> <Id value={key.fingerprint} label={`fingerprint of the key of ${key.slug}`} length={32} />{" "}
            {key.pinnedBy ? `pinned by ${key.pinnedBy}` : "came with its first signed bundle"}, <Ago at={key.pinnedAt} />
          </span>
          <Button
            kind="quiet"
            icon={X}
            aria-label={`Forget the key of ${key.slug}`}
            isDisabled={remove.isPending}
            onPress={() => remove.mutate({ slug: key.slug }, { onSuccess: () => announce(`The key of ${key.slug} is forgotten.`) })}
          >
            Forget
          </Button>
        </Row>
      ))}
      {remove.isError && <ProblemNotice problem={problemOf(remove.error)} />}
    </Stack>
  );
}
