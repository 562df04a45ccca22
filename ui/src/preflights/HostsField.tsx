import { count } from "../components/format";
import { LinesField } from "../components/LinesField";
import { parseHosts, repeated, type LineError } from "./host-lines";

export interface HostsFieldProps {
  label: string;
  value: string;
  onChange: (value: string) => void;
  /** Refusals of single hosts. */
  errors: LineError[];
  /** A refusal of them all. */
  error: string | undefined;
}

/** Hosts as lines with their numbers, so that what is wrong with one of fifty is found. */
export function HostsField({ label, value, onChange, errors, error }: HostsFieldProps) {
  const hosts = parseHosts(value);
  const twice = repeated(hosts);
  return (
    <LinesField
      label={label}
      value={value}
      onChange={onChange}
      errors={errors}
      error={error && sentence(error)}
      placeholder={"root@10.0.0.11\ndeploy@app1.example:2222\ndb1   # a name from ssh_config"}
      help={
        <>
          {hosts.length > 0 ? `${count(hosts.length - twice.length, "host")}. ` : ""}[user@]host[:port], or a name from ssh_config; remarks after #.
          {twice.length > 0 && ` Named twice and checked once: ${twice.map(({ host, line }) => `${host} (line ${line})`).join(", ")}.`}
        </>
      }
    />
  );
}

/** The engine says of a field what is to be done, without its name. */
function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}
