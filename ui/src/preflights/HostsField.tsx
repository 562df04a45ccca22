import { useRef } from "react";
import { Label, Text, TextArea, TextField } from "react-aria-components";

import { count } from "../components/format";
import css from "./CheckHosts.module.css";
import { parseHosts, repeated, type LineError } from "./host-lines";

export interface HostsFieldProps {
  value: string;
  onChange: (value: string) => void;
  /** Refusals of single hosts. */
  errors: LineError[];
  /** A refusal of them all. */
  error: string | undefined;
}

/** Hosts as lines with their numbers, so that what is wrong with one of fifty is found. */
export function HostsField({ value, onChange, errors, error }: HostsFieldProps) {
  const gutter = useRef<HTMLDivElement>(null);
  const hosts = parseHosts(value);
  const twice = repeated(hosts);
  const wrong = new Set(errors.map(({ line }) => line));
  const invalid = errors.length > 0 || error !== undefined;
  return (
    <TextField value={value} onChange={onChange} isInvalid={invalid} validationBehavior="aria" className={css.hosts}>
      <Label className={css.label}>Hosts, one a line</Label>
      <div className={css.lines}>
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
          placeholder={"root@10.0.0.11\ndeploy@app1.example:2222\ndb1   # a name from ssh_config"}
          onScroll={(event) => gutter.current?.scrollTo({ top: event.currentTarget.scrollTop })}
        />
      </div>
      <Text slot="description" className={css.help} elementType="div">
        {hosts.length > 0 ? `${count(hosts.length - twice.length, "host")}. ` : ""}[user@]host[:port], or a name from ssh_config; remarks after #.
        {twice.length > 0 && ` Named twice and checked once: ${twice.map(({ host, line }) => `${host} (line ${line})`).join(", ")}.`}
      </Text>
      {invalid && (
        <Text slot="errorMessage" className={css.errors} elementType="div">
          {error && <div>{sentence(error)}</div>}
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

/** The engine says of a field what is to be done, without its name. */
function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}
