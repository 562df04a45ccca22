import { ROUTES } from "../bindings/commands";
import type { CommandName } from "./types";

export interface HttpCall {
  method: string;
  /** Path and query. */
  url: string;
  body: string | null;
}

/**
 * Where a command goes: fields named in the path fill it, the rest is the query of what reads or removes, and the JSON
 * body of everything else. Null means "not said" and is left out of a query.
 */
export function route(name: CommandName, request: object): HttpCall {
  const { method, path } = ROUTES[name];
  const rest = new Map<string, unknown>(Object.entries(request));
  const filled = path.replace(/\{(\w+)\}/g, (_, field: string) => {
    const value = rest.get(field);
    if (typeof value !== "string" || value === "") throw new Error(`${name} needs the field ${field}.`);
    rest.delete(field);
    return encodeURIComponent(value);
  });
  if (method !== "GET" && method !== "DELETE") {
    return { method, url: filled, body: JSON.stringify(Object.fromEntries(rest)) };
  }
  const query = new URLSearchParams();
  for (const [field, value] of rest) {
    if (value !== null && value !== undefined) query.set(field, String(value));
  }
  const tail = query.size > 0 ? `?${query.toString()}` : "";
  return { method, url: filled + tail, body: null };
}
