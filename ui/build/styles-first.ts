import type { Plugin } from "vite";

/** Lines of the page's head that name a style sheet. */
const SHEET = /^\s*<link rel="stylesheet"[^>]*>\n/gm;

/**
 * Names style sheets before scripts. The first picture waits for the sheets alone, and a window's files come one after
 * another from the process that it belongs to.
 */
export function stylesFirst(): Plugin {
  return {
    name: "styles-first",
    apply: "build",
    transformIndexHtml: {
      order: "post",
      handler(html) {
        const sheets = html.match(SHEET) ?? [];
        return html.replace(SHEET, "").replace(/^\s*<script type="module"/m, (script) => `${sheets.join("")}${script}`);
      },
    },
  };
}
