import type { Plugin } from "vite";

const OTHER_LOCALE = /[\\/]intl[\\/][^?]*[\\/](?!en-US)[a-z]{2}-[A-Z]{2}\.mjs$/;

/**
 * Leaves out the texts that the control library brings for locales we have no texts for ourselves: the front end is part
 * of the binary, and they were a third of it.
 */
export function oneLocale(): Plugin {
  return {
    name: "one-locale",
    enforce: "pre",
    load: (id) => (OTHER_LOCALE.test(id) ? "export default {}" : null),
  };
}
