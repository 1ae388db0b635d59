import pc from 'picocolors';

/** Colours only on a terminal, whatever CI variables say, and never with NO_COLOR (https://no-color.org). */
export function colorsFor(stream: { readonly isTTY?: boolean }): ReturnType<typeof pc.createColors> {
  const { NO_COLOR: off, TERM: terminal } = process.env;
  return pc.createColors(stream.isTTY === true && (off === undefined || off === '') && terminal !== 'dumb');
}
