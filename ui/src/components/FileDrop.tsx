import type { ReactNode } from "react";
import { DropZone } from "react-aria-components";

import css from "./FileDrop.module.css";

export interface FileDropProps {
  /** Its name, for those who paste with the keyboard. */
  label: string;
  onFiles: (files: File[]) => void;
  children: ReactNode;
  isDisabled?: boolean;
}

/** A place that takes files which are dropped or pasted. What takes the whole window's drops leaves those to it. */
export function FileDrop({ label, onFiles, children, isDisabled }: FileDropProps) {
  if (isDisabled) return children;
  return (
    <DropZone
      aria-label={label}
      className={css.drop}
      data-takes-files=""
      onDrop={({ items }) => {
        const files = items.flatMap((item) => (item.kind === "file" ? [item.getFile()] : []));
        void Promise.all(files).then((all) => all.length > 0 && onFiles(all));
      }}
    >
      {children}
    </DropZone>
  );
}
