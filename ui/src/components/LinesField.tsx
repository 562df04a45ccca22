import { useRef, type KeyboardEvent, type ReactNode } from "react";
import { Label, Text, TextArea, TextField } from "react-aria-components";

import css from "./LinesField.module.css";

export interface LinesFieldProps {
  label: string;
  value: string;
  onChange: (value: string) => void;
  /** What is wrong with single lines, counted from 1. */
  errors: readonly { line: number; message: string }[];
  /** What is wrong with all of it. */
  error?: string | undefined;
  help: ReactNode;
  placeholder?: string;
  short?: boolean;
  /** Enter with the command key. */
  onSubmit?: () => void;
}

/** Lines with their numbers, so that what is wrong with one of fifty is found. */
export function LinesField({ label, value, onChange, errors, error, help, placeholder, short, onSubmit }: LinesFieldProps) {
  const gutter = useRef<HTMLDivElement>(null);
  const wrong = new Set(errors.map(({ line }) => line));
  const invalid = errors.length > 0 || Boolean(error);
  const pressed = (event: KeyboardEvent) => {
    if (!onSubmit || event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    onSubmit();
  };
  return (
    <TextField value={value} onChange={onChange} isInvalid={invalid} validationBehavior="aria" className={css.field}>
      <Label className={css.label}>{label}</Label>
      <div className={`${css.lines} ${short ? css.short : ""}`}>
        <div className={css.gutter} ref={gutter} aria-hidden>
          {value.split("\n").map((_, at) => (
            <div key={at} className={wrong.has(at + 1) ? css.wrong : undefined}>
              {wrong.has(at + 1) ? `✕ ${at + 1}` : at + 1}
            </div>
          ))}
        </div>
        <TextArea
          className={css.text}
          wrap="off"
          spellCheck={false}
          placeholder={placeholder}
          onKeyDown={pressed}
          onScroll={(event) => gutter.current?.scrollTo({ top: event.currentTarget.scrollTop })}
        />
      </div>
      <Text slot="description" className={css.help} elementType="div">
        {help}
      </Text>
      {invalid && (
        <Text slot="errorMessage" className={css.errors} elementType="div">
          {error && <div>{error}</div>}
          {errors.map(({ line, message }) => (
            <div key={line}>
              <strong>Line {line}</strong>: {message}
            </div>
          ))}
        </Text>
      )}
    </TextField>
  );
}
