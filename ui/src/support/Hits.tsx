import { useMemo } from "react";
import { Collection, Header, ListBox, ListBoxItem, ListBoxSection, ListLayout, Virtualizer } from "react-aria-components";

import type { SupportHit } from "../bindings/SupportHit";
import { middle } from "../components/format";
import css from "./Files.module.css";
import { byFile, excerpt, marked } from "./hits";

interface HitsProps {
  /** Null while nothing was found yet. */
  hits: SupportHit[] | null;
  search: string;
  exactCase: boolean;
  /** The file and the line that were gone to. */
  file: string | null;
  line: number | null;
  onOpen: (path: string, line: number) => void;
}

/** Lines in which a text was found, by file. Enter opens the file there. */
export function Hits({ hits, search, exactCase, file, line, onOpen }: HitsProps) {
  const groups = useMemo(() => byFile(hits ?? []), [hits]);
  const byId = useMemo(() => new Map(groups.flatMap(({ path, hits: lines }) => lines.map((one) => [one.id, { path, line: one.line }] as const))), [groups]);
  const open = (id: string) => {
    const hit = byId.get(id);
    if (hit) onOpen(hit.path, hit.line);
  };
  return (
    <Virtualizer layout={ListLayout} layoutOptions={{ rowSize: 24, headingSize: 30 }}>
      <ListBox
        aria-label="Lines found"
        className={css.hits}
        items={groups}
        dependencies={[search, exactCase, file, line]}
        onAction={(key) => open(String(key))}
        renderEmptyState={() => <p className={css.none}>{hits === null ? "Searching…" : "Nothing was found."}</p>}
      >
        {(group) => (
          <ListBoxSection id={group.path}>
            <Header className={css.group} title={group.path}>
              <span>{middle(group.path, 52)}</span>
              <span className={css.size}>{group.hits.length}</span>
            </Header>
            <Collection items={group.hits} dependencies={[search, exactCase, file, line]}>
              {(hit) => (
                <ListBoxItem id={hit.id} textValue={`Line ${hit.line}: ${hit.text}`} className={css.hit} data-open={(group.path === file && hit.line === line) || undefined}>
                  <span className={css.number}>{hit.line}</span>
                  <span className={css.found}>
                    <Marked text={excerpt(hit.text, search, exactCase)} search={search} exactCase={exactCase} />
                  </span>
                </ListBoxItem>
              )}
            </Collection>
          </ListBoxSection>
        )}
      </ListBox>
    </Virtualizer>
  );
}

/** A text with what is looked for marked in it. */
export function Marked({ text, search, exactCase }: { text: string; search: string; exactCase: boolean }) {
  return marked(text, search, exactCase).map((piece, at) => (piece.found ? <mark key={at}>{piece.text}</mark> : piece.text));
}
