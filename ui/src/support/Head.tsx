import { Trash2 } from "lucide-react";
import { useState } from "react";

import type { SupportSummary } from "../bindings/SupportSummary";
import { Button } from "../components/Button";
import { Row } from "../components/Layout";
import { StateMark } from "../components/StateMark";
import { Ago } from "../components/Time";
import { go } from "../frame/place";
import { RemoveSupports } from "./RemoveSupports";
import css from "./Support.module.css";
import { standing } from "./words";

/** How it stands and since when, beside the title. */
export function State({ summary, share }: { summary: SupportSummary; share?: number | null }) {
  const { mark, word } = standing(summary);
  const words = share === undefined || share === null ? word : `${word} ${share} %`;
  return (
    <Row>
      {mark === "passed" ? <span className={css.soft}>{word}</span> : <StateMark mark={mark} share={share ?? null} word={words} />}
      <span className={css.soft}>
        <Ago at={summary.at} />
      </span>
    </Row>
  );
}

export function RemoveButton({ summary }: { summary: SupportSummary }) {
  const [removing, setRemoving] = useState(false);
  return (
    <>
      <Button icon={Trash2} onPress={() => setRemoving(true)}>
        Remove…
      </Button>
      {removing && <RemoveSupports supports={[summary]} onDone={() => go({ screen: "supports" })} onClose={() => setRemoving(false)} />}
    </>
  );
}
