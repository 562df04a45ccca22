import { useMemo, type RefObject } from "react";

import type { ConfigGroup } from "../../../bindings/ConfigGroup";
import { useCommands, type Command } from "../../../frame/commands";
import { currentGroup, neighbour, showGroup } from "./groups";
import { togglePreview } from "./Preview";

interface Doings {
  groups: readonly ConfigGroup[];
  field: RefObject<HTMLInputElement | null>;
  editable: boolean;
  toggleChanged: () => void;
  onImport: () => void;
  onExport: () => void;
}

const DO = "Do";

/** The form by keyboard. Alt with an arrow also works while one types. */
export function useFormCommands({ groups, field, editable, toggleChanged, onImport, onExport }: Doings): void {
  useCommands(
    useMemo<Command[]>(
      () => [
        { id: "find", title: "Search configuration", group: DO, keys: "/", run: () => field.current?.focus() },
        { id: "only-changed", title: "Show only what was changed, or all", group: DO, keys: "c", run: toggleChanged },
        { id: "export-config", title: "Export configuration…", group: DO, run: onExport },
        ...(editable
          ? [
              { id: "preview", title: "Show or hide what this changes", group: DO, keys: "w", run: togglePreview },
              { id: "import-config", title: "Import configuration…", group: DO, run: onImport },
            ]
          : []),
      ],
      [field, editable, toggleChanged, onImport, onExport],
    ),
  );
  useCommands(
    useMemo<Command[]>(() => {
      const names = groups.map((one) => one.name);
      const step = (by: 1 | -1) => () => {
        const name = neighbour(names, currentGroup(), by);
        if (name !== undefined) showGroup(name);
      };
      return [
        { id: "next-group", title: "Next group", group: "Groups", keys: "alt+arrowdown", run: step(1) },
        { id: "previous-group", title: "Previous group", group: "Groups", keys: "alt+arrowup", run: step(-1) },
        ...groups.map((one) => ({ id: `group-${one.name}`, title: one.title || one.name, group: "Groups", run: () => showGroup(one.name) })),
      ];
    }, [groups]),
  );
}
