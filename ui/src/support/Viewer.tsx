import { useState } from "react";

import type { SupportFile } from "../bindings/SupportFile";
import { Button } from "../components/Button";
import { Checkbox } from "../components/Choice";
import { Loading } from "../components/Empty";
import { bytes } from "../components/format";
import { CopyButton } from "../components/Id";
import { Notice, ProblemNotice } from "../components/Notice";
import { problemOf } from "../engine/problem";
import { Store, useStore } from "../store";
import css from "./Files.module.css";
import { Lines } from "./Lines";
import { usePieces } from "./pieces";
import { isBinary } from "./text";

export interface ViewerProps {
  support: string;
  file: SupportFile;
  /** Where it was gone to. */
  line: number | null;
  /** How often somebody has gone anywhere. */
  times: number;
  search: string;
  exactCase: boolean;
}

/** Kept while one goes from file to file. */
const wraps = new Store(false);

/** A file of a support bundle, as far as it was read. */
export function Viewer({ support, file, line, times, search, exactCase }: ViewerProps) {
  const { query, lines, seeking, first, size, read } = usePieces(support, file.path, line);
  const [anyway, setAnyway] = useState(false);
  const wrap = useStore(wraps);
  const binary = isBinary(first) && !anyway;
  const at = file.path.lastIndexOf("/") + 1;
  return (
    <section className={css.viewer} aria-label="File">
      <header className={css.head}>
        <h2 title={file.path}>
          <span>{file.path.slice(0, at)}</span>
          {file.path.slice(at)}
        </h2>
        <span className={css.soft}>{read < size ? `${bytes(read)} of ${bytes(size)}` : bytes(file.size)}</span>
        <Checkbox label="Wrap lines" isSelected={wrap} onChange={(on) => wraps.set(on)} />
        <CopyButton text={() => lines.join("\n")} label="Copy what is shown" />
      </header>
      {query.isError && <ProblemNotice problem={problemOf(query.error)} actions={<Button onPress={() => void query.refetch()}>Read again</Button>} />}
      {query.isPending && <Loading what="Reading the file" />}
      {query.data && (
        <>
          {seeking && (
            <p className={css.none} role="status">
              Reading up to line {line?.toLocaleString("en-GB")}…
            </p>
          )}
          {file.size === 0 && <p className={css.none}>This file is empty.</p>}
          {file.size > 0 && binary && (
            <div className={css.hint}>
              <Notice tone="info" title="This file is not text" actions={<Button onPress={() => setAnyway(true)}>Show it anyway</Button>}>
                Save the support bundle to look at it with another program.
              </Notice>
            </div>
          )}
          {file.size > 0 && !binary && (
            <Lines label={`Text of ${file.path}`} lines={lines} line={seeking ? null : line} times={times} wrap={wrap} search={search} exactCase={exactCase}>
              {query.hasNextPage && (
                <div className={css.more}>
                  <Button isDisabled={query.isFetching} onPress={() => void query.fetchNextPage()}>
                    {query.isFetching ? "Reading…" : "More"}
                  </Button>
                  <span className={css.soft}>
                    {bytes(read)} of {bytes(size)} shown
                  </span>
                </div>
              )}
            </Lines>
          )}
        </>
      )}
    </section>
  );
}
