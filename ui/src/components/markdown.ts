export type Inline =
  | { kind: "text"; text: string }
  | { kind: "strong" | "em" | "code"; text: string }
  | { kind: "link"; text: string; href: string };

export type Block =
  | { kind: "heading" | "paragraph"; inlines: Inline[] }
  | { kind: "list"; items: Inline[][] }
  | { kind: "code"; text: string };

/**
 * The little Markdown that vendors write into help texts and release notes. Everything becomes data, never markup, so a
 * package cannot put anything into the page but words.
 */
export function parseMarkdown(source: string): Block[] {
  const blocks: Block[] = [];
  let paragraph: string[] = [];
  const flush = () => {
    if (paragraph.length > 0) blocks.push({ kind: "paragraph", inlines: parseInline(paragraph.join(" ")) });
    paragraph = [];
  };
  const lines = source.replace(/\r\n/g, "\n").split("\n");
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at] ?? "";
    const heading = /^#{1,6}\s+(.*)$/.exec(line);
    const item = /^\s*(?:[-*+]|\d+\.)\s+(.*)$/.exec(line);
    if (line.startsWith("```")) {
      flush();
      const end = lines.findIndex((one, index) => index > at && one.startsWith("```"));
      const stop = end < 0 ? lines.length : end;
      blocks.push({ kind: "code", text: lines.slice(at + 1, stop).join("\n") });
      at = stop;
    } else if (heading) {
      flush();
      blocks.push({ kind: "heading", inlines: parseInline(heading[1] ?? "") });
    } else if (item) {
      flush();
      addItem(blocks, parseInline(item[1] ?? ""));
    } else if (line.trim() === "") flush();
    else paragraph.push(line.trim());
  }
  flush();
  return blocks;
}

function addItem(blocks: Block[], item: Inline[]): void {
  const last = blocks[blocks.length - 1];
  if (last?.kind === "list") last.items.push(item);
  else blocks.push({ kind: "list", items: [item] });
}

const INLINE = /`([^`]+)`|\*\*([^*]+)\*\*|__([^_]+)__|\*([^*\s][^*]*)\*|\b_([^_]+)_\b|\[([^\]]+)\]\(([^)\s]+)\)/g;

export function parseInline(text: string): Inline[] {
  const out: Inline[] = [];
  let at = 0;
  for (const match of text.matchAll(INLINE)) {
    if (match.index > at) out.push({ kind: "text", text: text.slice(at, match.index) });
    out.push(inline(match));
    at = match.index + match[0].length;
  }
  if (at < text.length) out.push({ kind: "text", text: text.slice(at) });
  return out;
}

function inline(match: RegExpExecArray): Inline {
  const [whole, code, strong, strong2, em, em2, label, href] = match;
  if (code) return { kind: "code", text: code };
  if (strong ?? strong2) return { kind: "strong", text: strong ?? strong2 ?? "" };
  if (em ?? em2) return { kind: "em", text: em ?? em2 ?? "" };
  if (label && href && /^(https?:|mailto:)/i.test(href)) return { kind: "link", text: label, href };
  return { kind: "text", text: whole };
}
