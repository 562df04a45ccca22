/** Bytes as base64; in pieces, since a call cannot take a whole file as its arguments. */
export function toBase64(content: Uint8Array): string {
  let text = "";
  for (let at = 0; at < content.length; at += 0x8000) text += String.fromCharCode(...content.subarray(at, at + 0x8000));
  return btoa(text);
}
