import { CallError } from "../platform/types";

/** An error in the words to show: what happened and why, what to do, which fields. */
export interface Problem {
  message: string;
  hint: string;
  details: string[];
}

export function problemOf(error: unknown): Problem {
  if (error instanceof CallError) {
    const { message, hint, fields, holder } = error.wire;
    const details = fields.map((one) => (one.field ? `${one.field}: ${one.message}` : one.message));
    if (holder) details.push(`Held by ${holder.who} for ${holder.run}.`);
    return { message, hint, details };
  }
  const message = error instanceof Error ? error.message : String(error);
  return { message, hint: "", details: [] };
}

/** The refusals of single fields, by their name. */
export function fieldErrors(error: unknown): Record<string, string> {
  if (!(error instanceof CallError)) return {};
  return Object.fromEntries(error.wire.fields.map((one) => [one.field, one.message]));
}
