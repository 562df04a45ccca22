import { Dialog } from "../components/Dialog";
import { Kbd } from "../components/Kbd";
import { useOffered } from "./commands";
import css from "./ShortcutSheet.module.css";

const ALWAYS: [string, string, string][] = [
  ["Lists", "enter", "Open the row"],
  ["Lists", "space", "Select the row"],
  ["Lists", "escape", "Clear the selection, close what floats"],
];

export function ShortcutSheet({ isOpen, onClose }: { isOpen: boolean; onClose: () => void }) {
  const offered = useOffered().filter((command) => command.keys);
  const rows = [
    ...offered.map((command): [string, string, string] => [command.group, command.keys ?? "", command.title]),
    ...ALWAYS,
  ];
  const groups = [...new Set(rows.map(([group]) => group))];
  return (
    <Dialog title="Keyboard shortcuts" isOpen={isOpen} onClose={onClose} wide>
      <div className={css.sheet}>
        {groups.map((group) => (
          <section key={group}>
            <h3>{group}</h3>
            <dl>
              {rows
                .filter(([one]) => one === group)
                .map(([, keys, title]) => (
                  <div key={title}>
                    <dt>{title}</dt>
                    <dd>
                      <Kbd keys={keys} />
                    </dd>
                  </div>
                ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  );
}
