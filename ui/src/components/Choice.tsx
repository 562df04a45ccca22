import { Check, ChevronDown } from "lucide-react";
import type { ReactNode } from "react";
import {
  Button,
  Checkbox as AriaCheckbox,
  FieldError,
  ListBox,
  ListBoxItem,
  Popover,
  Radio,
  RadioGroup,
  Select as AriaSelect,
  SelectValue,
  Text,
} from "react-aria-components";

import css from "./Choice.module.css";
import { FieldLabel } from "./Field";
import field from "./Field.module.css";

export interface Option {
  id: string;
  label: ReactNode;
  /** For type-ahead when the label is not text. */
  text?: string;
}

interface ChoiceProps {
  label: string;
  options: Option[];
  value: string | null;
  onChange: (value: string) => void;
  help?: ReactNode;
  error?: string | null;
  mark?: ReactNode;
  isDisabled?: boolean;
  isReadOnly?: boolean;
  isRequired?: boolean;
  /** Only said, where the place explains it. */
  hideLabel?: boolean;
}

export function Select({ label, options, value, onChange, help, error, mark, isDisabled, isReadOnly, hideLabel }: ChoiceProps) {
  return (
    <AriaSelect
      value={value}
      onChange={(key) => key !== null && onChange(String(key))}
      className={field.field}
      isDisabled={isDisabled ?? isReadOnly}
      isInvalid={Boolean(error)}
      aria-label={hideLabel ? label : undefined}
      placeholder="Choose…"
    >
      {!hideLabel && <FieldLabel label={label} mark={mark} />}
      <Button className={css.select}>
        <SelectValue className={css.value} />
        <ChevronDown aria-hidden size={16} strokeWidth={1.5} />
      </Button>
      {help && (
        <Text slot="description" className={field.help} elementType="div">
          {help}
        </Text>
      )}
      {error && <FieldError className={field.error}>{error}</FieldError>}
      <Popover className={css.popover} offset={4}>
        <ListBox className={css.list} items={options}>
          {(option) => (
            <ListBoxItem id={option.id} textValue={textOf(option)} className={css.option}>
              {({ isSelected }) => (
                <>
                  <span className={css.tick}>{isSelected && <Check aria-hidden size={14} strokeWidth={1.75} />}</span>
                  {option.label}
                </>
              )}
            </ListBoxItem>
          )}
        </ListBox>
      </Popover>
    </AriaSelect>
  );
}

function textOf(option: Option): string {
  return option.text ?? (typeof option.label === "string" ? option.label : option.id);
}

export function Radios({ label, options, value, onChange, help, error, mark, isDisabled, isReadOnly, hideLabel }: ChoiceProps) {
  return (
    <RadioGroup
      value={value}
      onChange={onChange}
      className={field.field}
      isDisabled={isDisabled}
      isReadOnly={isReadOnly}
      isInvalid={Boolean(error)}
      validationBehavior="aria"
      aria-label={hideLabel ? label : undefined}
    >
      {!hideLabel && <FieldLabel label={label} mark={mark} />}
      <div className={css.radios}>
        {options.map((option) => (
          <Radio key={option.id} value={option.id} className={css.radio}>
            <span className={css.dot} aria-hidden />
            {option.label}
          </Radio>
        ))}
      </div>
      {help && (
        <Text slot="description" className={field.help} elementType="div">
          {help}
        </Text>
      )}
      {error && <FieldError className={field.error}>{error}</FieldError>}
    </RadioGroup>
  );
}

interface CheckboxProps {
  label: ReactNode;
  isSelected: boolean;
  onChange: (selected: boolean) => void;
  isDisabled?: boolean;
  isReadOnly?: boolean;
  isInvalid?: boolean;
  describedBy?: string;
}

export function Checkbox({ label, describedBy, ...rest }: CheckboxProps) {
  return (
    <AriaCheckbox {...rest} aria-describedby={describedBy} className={css.checkbox}>
      <span className={css.box} aria-hidden>
        <Check size={12} strokeWidth={2.5} />
      </span>
      {label}
    </AriaCheckbox>
  );
}
