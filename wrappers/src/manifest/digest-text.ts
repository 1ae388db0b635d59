/** Digests inside JSON and YAML, which are written whole: a mark holds each one's place until the text is cut there. */
import { digestOf, type Text } from '@slipway/core';

/** Characters for private use, which no publisher's text has a meaning for and no format escapes. */
const [start, end] = ['\uE000', '\uE001'];

export function digestMark(id: string): string {
  return start + id + end;
}

export function withDigests(text: string): Text {
  return text.split(new RegExp(`${start}([^${end}]*)${end}`)).map((part, index) => (index % 2 === 0 ? part : digestOf(part)));
}
