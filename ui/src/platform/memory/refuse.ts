import type { WireError } from "../../bindings/WireError";
import { CallError } from "../types";

/** A refusal as the engine would say it. */
export function refuse(code: WireError["code"], message: string, hint = "", fields: WireError["fields"] = []): CallError {
  return new CallError({ code, message, hint, fields });
}
