/** Has the browser save a text as a file. */
export function download(name: string, content: string): void {
  const url = URL.createObjectURL(new Blob([content], { type: "application/yaml" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  // The browser reads it after this; a minute is more than it takes to begin.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
