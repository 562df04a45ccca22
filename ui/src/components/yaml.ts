export interface Token {
  kind: "plain" | "key" | "string" | "number" | "comment";
  text: string;
}

const LINE = /^(\s*(?:- )*)(?:("[^"]*"|'[^']*'|[\w./$%-][^:#]*?)(:)(?=\s|$))?(.*)$/;

/** A line of YAML in colours. Only what a line says for itself; block texts come out plain or as strings. */
export function yamlTokens(line: string): Token[] {
  const comment = /^(\s*)(#.*)$/.exec(line);
  if (comment) return some(["plain", comment[1]], ["comment", comment[2]]);
  const [, indent, key, colon, value] = LINE.exec(line) ?? [];
  const trailing = /^(.*?)(\s+#.*)?$/.exec(value ?? "");
  return some(["plain", indent], ["key", key], ["plain", colon], [kindOf(trailing?.[1] ?? ""), trailing?.[1]], ["comment", trailing?.[2]]);
}

function kindOf(value: string): Token["kind"] {
  const text = value.trim();
  if (/^(-?\d+(\.\d+)?|true|false|null|~)$/.test(text)) return "number";
  return text === "" || /^[{}[\]|>&*]/.test(text) ? "plain" : "string";
}

function some(...tokens: [Token["kind"], string | undefined][]): Token[] {
  return tokens.flatMap(([kind, text]) => (text ? [{ kind, text }] : []));
}
