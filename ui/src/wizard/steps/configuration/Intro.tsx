import type { BaseRef } from "../../../bindings/BaseRef";
import { Button } from "../../../components/Button";
import { count } from "../../../components/format";
import { Notice } from "../../../components/Notice";
import { go } from "../../../frame/place";

/** What there is to know before the first field. */
export function Intro({ removed, base, empty, editable, allowed }: { removed: string[]; base: BaseRef | null; empty: boolean; editable: boolean; allowed: boolean }) {
  return (
    <>
      {!editable && (
        <Notice tone="info" title="Shown as stored">
          {allowed
            ? "To edit it, choose Change. Saving makes the plan anew."
            : "It cannot be changed any more: the application has been touched, or the run is under way."}
        </Notice>
      )}
      {empty && (
        <Notice tone="info" title="Nothing to configure">
          This release asks for nothing.
        </Notice>
      )}
      {base && (
        <Notice
          tone="info"
          title={`Begins with the base ${base.name}`}
          actions={
            <Button kind="quiet" onPress={() => go({ screen: "base", base: base.id })}>
              Show the base
            </Button>
          }
        >
          What the site does not say itself has the value that the base had when this run was created. A value typed here stays this site’s own.
        </Notice>
      )}
      {removed.length > 0 && (
        <Notice tone="info" title={`${count(removed.length, "item")} of the installed release left this one`}>
          <code>{removed.join(", ")}</code>. The values stay recorded with the revision before, and are not used.
        </Notice>
      )}
    </>
  );
}
