import { FileText } from "lucide-react";
import { useMemo, useRef, useState } from "react";

import type { SupportFile } from "../bindings/SupportFile";
import { Checkbox } from "../components/Choice";
import { Empty, Loading } from "../components/Empty";
import { count } from "../components/format";
import { ProblemNotice } from "../components/Notice";
import { Search } from "../components/Search";
import { useAsk } from "../engine/ask";
import { problemOf } from "../engine/problem";
import { useCommands, type Command } from "../frame/commands";
import { useLater } from "../sites/later";
import css from "./Files.module.css";
import { FileTree } from "./FileTree";
import { Hits } from "./Hits";
import { firstOpen, foldersOf, treeOf } from "./tree";
import { Viewer } from "./Viewer";

interface FilesProps {
  support: string;
  file: string | null;
  line: number | null;
  onOpen: (file: string, line: number | null) => void;
}

/** Every file: by folder, or where a text is found in any of them; beside it the one that is open. */
export function Files({ support, ...place }: FilesProps) {
  const files = useAsk("support_files", { support });
  if (files.isError) return <ProblemNotice problem={problemOf(files.error)} />;
  if (!files.data) return <Loading what="Reading the list of files" />;
  return <Browser support={support} files={files.data.files} {...place} />;
}

/** Milliseconds without a key before all files are searched. */
const PAUSE = 250;

function Browser({ support, files, file, line, onOpen }: FilesProps & { files: SupportFile[] }) {
  const tree = useMemo(() => treeOf(files), [files]);
  const [opened, setOpened] = useState<ReadonlySet<string>>(() => new Set([...firstOpen(tree), ...(file === null ? [] : foldersOf(tree, file))]));
  const [text, setText] = useState("");
  const [exactCase, setExactCase] = useState(false);
  // Who chooses the same line again wants to see it again.
  const [times, setTimes] = useState(0);
  const search = useLater(text, PAUSE);
  const field = useRef<HTMLInputElement>(null);
  useCommands(useMemo<Command[]>(() => [{ id: "find", title: "Search all files", group: "Do", keys: "/", run: () => field.current?.focus() }], []));
  const searching = text !== "" && search !== "";
  const hits = useAsk("support_search", { support, text: search, exactCase }, { enabled: search !== "", keep: true, gcTime: 60_000 });
  const shown = files.find((one) => one.path === file);
  const open = (path: string, at: number | null) => {
    setOpened((before) => new Set([...before, ...foldersOf(tree, path)]));
    setTimes((before) => before + 1);
    onOpen(path, at);
  };
  return (
    <div className={css.browser}>
      <div className={css.tools}>
        <div className={css.search}>
          <Search label="Search all files" value={text} onChange={setText} inputRef={field} />
        </div>
        <Checkbox label="Match case" isSelected={exactCase} onChange={setExactCase} />
        <span className={css.soft} role="status">
          {searching ? foundWords(hits) : ""}
        </span>
      </div>
      {hits.isError && <ProblemNotice problem={problemOf(hits.error)} />}
      <div className={css.panes}>
        <section className={css.side} aria-label={searching ? "Lines found" : "Files"}>
          {searching ? (
            <Hits hits={hits.data?.hits ?? null} search={search} exactCase={exactCase} file={file} line={line} onOpen={open} />
          ) : (
            <FileTree tree={tree} file={file} opened={opened} onOpened={setOpened} onOpen={(path) => open(path, null)} />
          )}
        </section>
        {shown ? (
          <Viewer key={shown.path} support={support} file={shown} line={line} times={times} search={searching ? search : ""} exactCase={exactCase} />
        ) : (
          <Nothing file={file} />
        )}
      </div>
    </div>
  );
}

function foundWords({ data, isFetching }: { data: { hits: { path: string }[]; more: boolean } | undefined; isFetching: boolean }): string {
  if (!data || isFetching) return "Searching all files…";
  if (data.hits.length === 0) return "No file has this text.";
  const found = `${count(data.hits.length, "line")} in ${count(new Set(data.hits.map((one) => one.path)).size, "file")}`;
  return data.more ? `The first ${found}; there are more. Search for more of the text.` : `${found}.`;
}

function Nothing({ file }: { file: string | null }) {
  return (
    <section className={css.viewer} aria-label="File">
      <Empty icon={FileText} title={file === null ? "No file is open" : `There is no file ${file}`}>
        Choose one from the list, or search all of them for a text.
      </Empty>
    </section>
  );
}
