/** 214.3 MB, 1.2 GB; below a megabyte in whole KB. */
export function bytes(count: number): string {
  if (count < 1000) return `${count} B`;
  if (count < 1e6) return `${Math.round(count / 1000)} KB`;
  if (count < 999.95e6) return `${(count / 1e6).toFixed(1)} MB`;
  return `${(count / 1e9).toFixed(1)} GB`;
}

export function rate(perSecond: number): string {
  return `${bytes(Math.round(perSecond))}/s`;
}

/** 42 s, 1 m 24 s, 2 h 5 m, 3 d 4 h. Milliseconds in. */
export function duration(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const units: [number, string][] = [
    [86_400, "d"],
    [3600, "h"],
    [60, "m"],
    [1, "s"],
  ];
  const first = units.findIndex(([size]) => seconds >= size);
  if (first < 0) return "0 s";
  const [size, name] = units[first] as [number, string];
  const smaller = units[first + 1];
  const rest = smaller ? Math.floor((seconds % size) / smaller[0]) : 0;
  return `${Math.floor(seconds / size)} ${name}${smaller && rest > 0 ? ` ${rest} ${smaller[1]}` : ""}`;
}

/** "just now", "5 minutes ago", "yesterday", "12 Mar 2025". */
export function relative(at: number, now: number): string {
  const seconds = Math.round((now - at) / 1000);
  if (seconds < 45) return "just now";
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return plural(minutes, "minute");
  const hours = Math.round(minutes / 60);
  if (hours < 24) return plural(hours, "hour");
  const days = Math.round(hours / 24);
  if (days === 1) return "yesterday";
  if (days < 30) return plural(days, "day");
  return new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", year: "numeric" }).format(at);
}

function plural(count: number, unit: string): string {
  return `${count} ${unit}${count === 1 ? "" : "s"} ago`;
}

/** Date, time and zone, for where the exact instant counts. */
export function exact(at: number): string {
  return new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "long" }).format(at);
}

/** 14:03:27 */
export function clock(at: number): string {
  return new Intl.DateTimeFormat("en-GB", { timeStyle: "medium" }).format(at);
}

/** Keeps both ends of what is too long, since ids differ there. */
export function middle(text: string, length: number): string {
  if (text.length <= length) return text;
  const head = Math.ceil((length - 1) / 2);
  return `${text.slice(0, head)}…${text.slice(text.length - (length - 1 - head))}`;
}

export function count(number: number, one: string, many = `${one}s`): string {
  return `${number.toLocaleString("en-GB")} ${noun(number, one, many)}`;
}

export function noun(number: number, one: string, many = `${one}s`): string {
  return number === 1 ? one : many;
}
