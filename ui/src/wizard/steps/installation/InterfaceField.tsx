import type { HostInterfaces } from "../../../bindings/HostInterfaces";
import { Button } from "../../../components/Button";
import { Select } from "../../../components/Choice";
import { count } from "../../../components/format";
import { StateMark } from "../../../components/StateMark";
import css from "./Installation.module.css";
import { addressesOn } from "./proxy";
import { interfaceNames } from "./settings";

interface InterfaceFieldProps {
  value: string;
  onChange: (name: string) => void;
  error: string | undefined;
  hosts: readonly HostInterfaces[];
  editable: boolean;
  asking: boolean;
  onAsk: () => void;
}

/** Stands for no name, which a list cannot hold. */
const DEFAULT = "default route";

/** The interface by which hosts reach each other, and which address that means on each of them. */
export function InterfaceField({ value, onChange, error, hosts, editable, asking, onAsk }: InterfaceFieldProps) {
  const names = interfaceNames(hosts);
  const asked = hosts.filter((one) => one.problem === "").length;
  // What was stored stays to be seen where no host has it any more.
  const gone = value !== "" && !names.some((one) => one.name === value) ? [{ id: value, label: `${value}, on no host` }] : [];
  const options = [
    { id: DEFAULT, label: "The one with the default route" },
    ...names.map(({ name, on }) => ({ id: name, label: `${name}, on ${on} of ${count(asked, "host")}` })),
    ...gone,
  ];
  const unasked = hosts.length - asked;
  return (
    <div className={css.interface}>
      <Select
        label="Network interface"
        value={value === "" ? DEFAULT : value}
        options={options}
        onChange={(id) => onChange(id === DEFAULT ? "" : id)}
        error={error}
        isReadOnly={!editable}
        help="By which hosts reach each other. Nodes have the addresses below."
      />
      <table className={css.addresses} aria-label="Address of each host">
        <thead>
          <tr>
            <th scope="col">Host</th>
            <th scope="col">Its address in the cluster</th>
          </tr>
        </thead>
        <tbody>
          {addressesOn(value, hosts).map(({ host, address, problem }) => (
            <tr key={host}>
              <th scope="row">{host}</th>
              <td>{address ? <code>{address}</code> : <Missing problem={problem} name={value} />}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {unasked > 0 && (
        <div className={css.again}>
          <span className={css.soft}>{count(unasked, "host")} could not be asked. Networks are compared with the others only.</span>
          <Button onPress={onAsk} isDisabled={asking}>
            {asking ? "Asking…" : "Ask again"}
          </Button>
        </div>
      )}
    </div>
  );
}

function Missing({ problem, name }: { problem: string; name: string }) {
  if (problem !== "") return <StateMark mark="unknown" word={problem} />;
  return <StateMark mark="failed" word={name === "" ? "No default route tells which of its interfaces it is; choose one" : `It has no interface ${name} with an address`} />;
}
