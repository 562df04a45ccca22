export interface SseMessage {
  id: string;
  event: string;
  data: string;
}

/** Cuts a text/event-stream into messages, however the network cuts it. Comments and unknown fields are passed over. */
export class SseReader {
  private rest = "";
  private id = "";
  private event = "";
  private data: string[] = [];

  push(chunk: string): SseMessage[] {
    const lines = (this.rest + chunk).split(/\r\n|\n|\r(?!$)/);
    this.rest = lines.pop() ?? "";
    return lines.flatMap((line) => this.line(line) ?? []);
  }

  private line(line: string): SseMessage | null {
    if (line === "") return this.flush();
    const colon = line.indexOf(":");
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (field === "data") this.data.push(value);
    else if (field === "id") this.id = value;
    else if (field === "event") this.event = value;
    return null;
  }

  private flush(): SseMessage | null {
    const { data, event, id } = this;
    this.data = [];
    this.event = "";
    return data.length > 0 ? { id, event, data: data.join("\n") } : null;
  }
}

/** Milliseconds to wait before attempt `attempt` (from 0): doubling up to 15 s, spread so that clients do not come at once. */
export function backOff(attempt: number, random = Math.random()): number {
  return Math.min(15_000, 500 * 2 ** attempt) * (0.5 + random / 2);
}
