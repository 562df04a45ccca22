import { LifeBuoy } from "lucide-react";

import { Button } from "../components/Button";
import { ProblemNotice } from "../components/Notice";
import { problemOf } from "../engine/problem";
import { plainly, useCollect } from "./requests";

/** Starts at once, for where it is plain which site is meant and nothing has to be asked. */
export function CollectNow({ site }: { site: string }) {
  const { start, pending, error } = useCollect();
  return (
    <>
      <Button kind="quiet" icon={LifeBuoy} isDisabled={pending} onPress={() => start(plainly(site))}>
        {pending ? "Starting…" : "Collect a support bundle"}
      </Button>
      {error && <ProblemNotice problem={problemOf(error)} />}
    </>
  );
}
