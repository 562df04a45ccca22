import { Search as Lens, X } from "lucide-react";
import type { Ref } from "react";
import { Button, Input, SearchField } from "react-aria-components";

import css from "./Field.module.css";

export interface SearchProps {
  label: string;
  value: string;
  onChange: (value: string) => void;
  /** Enter. */
  onSubmit?: () => void;
  placeholder?: string;
  inputRef?: Ref<HTMLInputElement>;
  autoFocus?: boolean;
}

export function Search({ label, value, onChange, onSubmit, placeholder = label, inputRef, autoFocus }: SearchProps) {
  return (
    // eslint-disable-next-line jsx-a11y/no-autofocus -- only in popovers that were opened to search
    <SearchField aria-label={label} value={value} onChange={onChange} onSubmit={onSubmit} className={css.search} autoFocus={autoFocus}>
      <Lens aria-hidden size={16} strokeWidth={1.5} />
      <Input ref={inputRef} className={css.input} placeholder={placeholder} spellCheck={false} />
      <Button className={css.clear} aria-label="Clear search">
        <X aria-hidden size={14} strokeWidth={1.5} />
      </Button>
    </SearchField>
  );
}
