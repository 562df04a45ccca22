import { Check } from "lucide-react";
import { useEffect } from "react";
import { ListBox, ListBoxItem } from "react-aria-components";

import type { ContextFound } from "../bindings/ContextFound";
import type { KubeconfigSource } from "../bindings/KubeconfigSource";
import { Loading } from "../components/Empty";
import { Notice, ProblemNotice } from "../components/Notice";
import { StateMark } from "../components/StateMark";
import { Tag } from "../components/Tag";
import { useAsk } from "../engine/ask";
import { problemOf } from "../engine/problem";
import { reachabilityMark } from "../engine/words";
import css from "./Sites.module.css";

export interface ContextChoiceProps {
  source: KubeconfigSource;
  value: string;
  onChange: (context: string) => void;
}

/** The contexts of a kubeconfig. None is contacted to list them; the one that is chosen is. */
export function ContextChoice({ source, value, onChange }: ContextChoiceProps) {
  const list = useAsk("context_list", { kubeconfig: source }, { staleTime: 0 });
  const contexts = list.data?.contexts;
  useEffect(() => {
    if (!contexts || contexts.some((one) => one.name === value)) return;
    const only = contexts.length === 1 ? contexts[0] : contexts.find((one) => one.current);
    onChange(only?.name ?? "");
  }, [contexts, value, onChange]);
  if (list.isPending) return <Loading what="Looking for contexts" />;
  if (list.isError) return <ProblemNotice problem={problemOf(list.error)} />;
  return (
    <>
      {list.data.problems.map((problem) => (
        <Notice key={problem} tone="warn" title={problem} />
      ))}
      {list.data.contexts.length === 0 ? (
        <Notice tone="info" title="No context found">
          Name another file, or paste a kubeconfig.
        </Notice>
      ) : (
        <ListBox
          aria-label="Context"
          className={css.contexts}
          items={list.data.contexts.map((context) => ({ ...context, id: context.name }))}
          selectionMode="single"
          selectionBehavior="toggle"
          disallowEmptySelection
          selectedKeys={value ? [value] : []}
          onSelectionChange={(keys) => onChange(String([...(keys as Set<string>)][0] ?? ""))}
          dependencies={[source, value]}
        >
          {(context) => <ContextRow context={context} source={source} chosen={context.name === value} />}
        </ListBox>
      )}
    </>
  );
}

function ContextRow({ context, source, chosen }: { context: ContextFound & { id: string }; source: KubeconfigSource; chosen: boolean }) {
  const from = context.source ? ` in ${context.source}` : "";
  return (
    <ListBoxItem id={context.id} textValue={context.name} className={css.context}>
      <Check aria-hidden size={16} strokeWidth={1.75} visibility={chosen ? "visible" : "hidden"} />
      <div>
        <div className={css.contextName}>
          {context.name}
          {context.current && <Tag>current</Tag>}
        </div>
        <div className={css.server} title={`${context.server}, user ${context.user}${from}`}>
          {context.server}
        </div>
      </div>
      <Probe source={source} context={context.name} asked={chosen} />
    </ListBoxItem>
  );
}

function Probe({ source, context, asked }: { source: KubeconfigSource; context: string; asked: boolean }) {
  const probe = useAsk("context_probe", { kubeconfig: source, context }, { enabled: asked, staleTime: 30_000 });
  if (probe.data) {
    const { mark, word, detail } = reachabilityMark(probe.data);
    return <StateMark mark={mark} word={word} title={detail} />;
  }
  if (probe.isError) return <StateMark mark="unknown" word="Could not be tried" title={probe.error.message} />;
  return <span>{probe.isFetching ? "Contacting…" : ""}</span>;
}
