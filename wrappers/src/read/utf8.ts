/** The text that `bytes` are in strict UTF-8, or undefined. */
export function utf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    // The one way a fatal decoder says "not UTF-8".
    return undefined;
  }
}
