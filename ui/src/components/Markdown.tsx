import css from "./Markdown.module.css";
import { parseMarkdown, type Block, type Inline } from "./markdown";

export function Markdown({ source }: { source: string }) {
  return (
    <div className={css.markdown}>
      {parseMarkdown(source).map((block, at) => (
        <BlockView key={at} block={block} />
      ))}
    </div>
  );
}

function BlockView({ block }: { block: Block }) {
  switch (block.kind) {
    case "heading":
      return (
        <p className={css.heading}>
          <Inlines inlines={block.inlines} />
        </p>
      );
    case "paragraph":
      return (
        <p>
          <Inlines inlines={block.inlines} />
        </p>
      );
    case "list":
      return (
        <ul>
          {block.items.map((item, at) => (
            <li key={at}>
              <Inlines inlines={item} />
            </li>
          ))}
        </ul>
      );
    case "code":
      return <pre>{block.text}</pre>;
  }
}

function Inlines({ inlines }: { inlines: Inline[] }) {
  return inlines.map((one, at) => {
    switch (one.kind) {
      case "strong":
        return <strong key={at}>{one.text}</strong>;
      case "em":
        return <em key={at}>{one.text}</em>;
      case "code":
        return <code key={at}>{one.text}</code>;
      case "link":
        return (
          <a key={at} href={one.href} target="_blank" rel="noreferrer">
            {one.text}
          </a>
        );
      default:
        return one.text;
    }
  });
}
