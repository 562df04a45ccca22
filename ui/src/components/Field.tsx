import type { ReactNode, Ref } from "react";
import { FieldError, Input, Label, Text, TextArea, TextField, type TextFieldProps } from "react-aria-components";

import css from "./Field.module.css";

export interface FieldProps extends Omit<TextFieldProps, "className" | "style" | "children"> {
  label: ReactNode;
  help?: ReactNode;
  error?: string | null;
  placeholder?: string;
  /** Unit or the like, shown beside the input. */
  affix?: string;
  /** Beside the label: what changed about it, that it must be filled. */
  mark?: ReactNode;
  rows?: number;
  mono?: boolean;
  inputRef?: Ref<HTMLInputElement>;
  /** Only said, where the place explains it. The label must be text then. */
  hideLabel?: boolean;
  children?: ReactNode;
}

export function Field(props: FieldProps) {
  const { label, help, error, placeholder, affix, mark, rows, mono, inputRef, hideLabel, children, ...rest } = props;
  const look = `${css.input} ${mono ? css.mono : ""}`;
  return (
    <TextField {...rest} aria-label={hideLabel ? String(label) : undefined} isInvalid={Boolean(error)} validationBehavior="aria" className={css.field}>
      {!hideLabel && <FieldLabel label={label} mark={mark} />}
      <div className={css.line}>
        {rows ? (
          <TextArea className={`${look} ${css.area}`} rows={rows} placeholder={placeholder} spellCheck={false} />
        ) : (
          <Input className={look} ref={inputRef} placeholder={placeholder} spellCheck={false} />
        )}
        {affix && <span className={css.affix}>{affix}</span>}
        {children}
      </div>
      {help && (
        <Text slot="description" className={css.help} elementType="div">
          {help}
        </Text>
      )}
      {error && <FieldError className={css.error}>{error}</FieldError>}
    </TextField>
  );
}

export function FieldLabel({ label, mark }: { label: ReactNode; mark?: ReactNode }) {
  return (
    <div className={css.head}>
      <Label className={css.label}>{label}</Label>
      {mark}
    </div>
  );
}
