import { count } from "../../../components/format";
import { Notice } from "../../../components/Notice";

/** What there is to know before the first field. */
export function Intro({ removed, empty, editable, allowed }: { removed: string[]; empty: boolean; editable: boolean; allowed: boolean }) {
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
      {removed.length > 0 && (
        <Notice tone="info" title={`${count(removed.length, "item")} of the installed release left this one`}>
          <code>{removed.join(", ")}</code>. The values stay recorded with the revision before, and are not used.
        </Notice>
      )}
    </>
  );
}
