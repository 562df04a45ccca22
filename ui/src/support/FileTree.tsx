import { ChevronRight, File, Folder } from "lucide-react";
import { Button, Collection, ListLayout, Tree, TreeItem, TreeItemContent, Virtualizer } from "react-aria-components";

import { bytes, count, noun } from "../components/format";
import css from "./Files.module.css";
import type { Node } from "./tree";

interface FileTreeProps {
  tree: Node[];
  /** The file that is open. */
  file: string | null;
  opened: ReadonlySet<string>;
  onOpened: (opened: ReadonlySet<string>) => void;
  onOpen: (path: string) => void;
}

/** Files by folder. Enter opens a file, or a folder; the arrows go in and out. */
export function FileTree({ tree, file, opened, onOpened, onOpen }: FileTreeProps) {
  const act = (id: string) => {
    if (!id.endsWith("/")) return onOpen(id);
    const next = new Set(opened);
    if (!next.delete(id)) next.add(id);
    onOpened(next);
  };
  return (
    <Virtualizer layout={ListLayout} layoutOptions={{ rowSize: 26 }}>
      <Tree
        aria-label="Files"
        className={css.tree}
        items={tree}
        dependencies={[file]}
        expandedKeys={opened as Set<string>}
        onExpandedChange={(keys) => onOpened(new Set([...keys].map(String)))}
        onAction={(key) => act(String(key))}
      >
        {(node) => row(node, file)}
      </Tree>
    </Virtualizer>
  );
}

const icon = { size: 14, strokeWidth: 1.5, "aria-hidden": true } as const;

function row(node: Node, file: string | null) {
  const folder = node.files !== null;
  return (
    <TreeItem id={node.id} textValue={node.name} className={css.node} data-open={node.id === file || undefined}>
      <TreeItemContent>
        <div className={css.inner}>
          {folder ? (
            <Button slot="chevron" className={css.chevron}>
              <ChevronRight {...icon} />
            </Button>
          ) : (
            <span className={css.chevron} />
          )}
          {folder ? <Folder {...icon} /> : <File {...icon} />}
          <span className={css.name} title={node.name}>
            {node.name}
          </span>
          {node.id === file && <span className="said">, open</span>}
          <span className={css.size} title={folder ? `${count(node.files ?? 0, "file")}, ${bytes(node.size)}` : undefined}>
            {node.files ?? bytes(node.size)}
            {folder && <span className="said"> {noun(node.files ?? 0, "file")}</span>}
          </span>
        </div>
      </TreeItemContent>
      <Collection items={node.children} dependencies={[file]}>
        {(child: Node) => row(child, file)}
      </Collection>
    </TreeItem>
  );
}
