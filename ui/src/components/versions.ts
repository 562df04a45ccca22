/** Orders version labels as semantic versions do, and labels that are none by their text. */
export function compareVersions(a: string, b: string): number {
  const [one, other] = [parse(a), parse(b)];
  if (!one || !other) return a.localeCompare(b, "en", { numeric: true });
  for (let at = 0; at < 3; at += 1) {
    const difference = (one.numbers[at] ?? 0) - (other.numbers[at] ?? 0);
    if (difference !== 0) return Math.sign(difference);
  }
  if (one.pre === other.pre) return 0;
  // A pre-release comes before its release.
  if (one.pre === "") return 1;
  if (other.pre === "") return -1;
  return Math.sign(one.pre.localeCompare(other.pre, "en", { numeric: true }));
}

function parse(version: string): { numbers: number[]; pre: string } | null {
  const match = /^v?(\d+)(?:\.(\d+))?(?:\.(\d+))?(?:-([\w.-]+))?(?:\+.*)?$/.exec(version);
  if (!match) return null;
  return { numbers: [match[1], match[2], match[3]].map((part) => Number(part ?? 0)), pre: match[4] ?? "" };
}
