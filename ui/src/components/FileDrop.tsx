import type { ReactNode } from "react";
import { DropZone } from "react-aria-components";

import { useDropTarget } from "./drop-target";
import css from "./FileDrop.module.css";

export interface FileDropProps {
  /** Its name, for those who paste with the keyboard. */
  label: string;
  onFiles: (files: File[]) => void;
  children: ReactNode;
  isDisabled?: boolean;
  /** Takes files too that are dropped beside it in a window, unless they are bundles. */
  elsewhere?: boolean;
}

/** A place that takes files which are dropped or pasted. What is dropped elsewhere it leaves to others. */
export function FileDrop({ isDisabled, children, ...rest }: FileDropProps) {
  return isDisabled ? children : <Zone {...rest}>{children}</Zone>;
}

function Zone({ label, onFiles, children, elsewhere }: FileDropProps) {
  const place = useDropTarget(onFiles, elsewhere);
  return (
    <DropZone
      ref={place}
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
