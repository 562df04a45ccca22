import css from "./Kbd.module.css";
import { keyNames } from "./keys";

/** A shortcut as this machine writes it: `mod+k` is ⌘K or Ctrl K. */
export function Kbd({ keys }: { keys: string }) {
  return (
    <kbd className={css.keys}>
      {keyNames(keys).map((name) => (
        <span key={name} className={css.key}>
          {name}
        </span>
      ))}
    </kbd>
  );
}
