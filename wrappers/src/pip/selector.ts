/**
 * The selectors of cibuildwheel: words separated by spaces, each a glob of Python's fnmatch after the shell's brace
 * expansion (cibuildwheel/selector.py, which uses fnmatch and bracex).
 */
import { SlipwayError } from '@slipway/core';

/** bracex's own limit. */
const limit = 1000;

/** A test for one word of a list of selectors; throws CONFIG_INVALID where its braces stand for more than 1000 words. */
export function selector(word: string): (identifier: string) => boolean {
  const globs = expandBraces(word).map(globExpression);
  return (identifier) => globs.some((glob) => glob.test(identifier));
}

/** `cp3{10,11}-*` is `cp310-*` and `cp311-*`; `{8..10}` counts; braces without comma or range stand for themselves. */
export function expandBraces(text: string): readonly string[] {
  const group = firstGroup(text);
  if (group === undefined) return [text];
  const head = text.slice(0, group.start);
  const middles = bounded(text, group.alternatives.flatMap(expandBraces));
  const tails = expandBraces(text.slice(group.end + 1));
  if (middles.length * tails.length > limit) throw tooMany(text);
  return middles.flatMap((middle) => tails.map((tail) => head + middle + tail));
}

interface Group {
  readonly start: number;
  readonly end: number;
  readonly alternatives: readonly string[];
}

function firstGroup(text: string): Group | undefined {
  for (let start = text.indexOf('{'); start >= 0; start = text.indexOf('{', start + 1)) {
    const cuts = cutsOf(text, start);
    const end = cuts?.at(-1);
    if (cuts === undefined || end === undefined) continue;
    const parts = cuts.map((cut, index) => text.slice((index === 0 ? start : (cuts[index - 1] ?? start)) + 1, cut));
    const alternatives = parts.length > 1 ? parts : range(text, parts[0] ?? '');
    if (alternatives !== undefined) return { start, end, alternatives };
  }
  return undefined;
}

/** Positions of the commas that belong to the brace at `start`, then of its closing brace; undefined where that is missing. */
function cutsOf(text: string, start: number): readonly number[] | undefined {
  const commas: number[] = [];
  let depth = 0;
  for (let at = start; at < text.length; at += 1) {
    if (text[at] === '{') depth += 1;
    else if (text[at] === '}') depth -= 1;
    else if (text[at] === ',' && depth === 1) commas.push(at);
    if (depth === 0) return [...commas, at];
  }
  return undefined;
}

function range(text: string, part: string): readonly string[] | undefined {
  const [, from, to] = /^(\d{1,6})\.\.(\d{1,6})$/.exec(part) ?? [];
  if (from === undefined || to === undefined) return undefined;
  const [first, last] = [Number(from), Number(to)];
  const length = Math.abs(last - first) + 1;
  if (length > limit) throw tooMany(text);
  return Array.from({ length }, (_, index) => String(first + (last < first ? -index : index)));
}

function bounded(text: string, words: readonly string[]): readonly string[] {
  if (words.length > limit) throw tooMany(text);
  return words;
}

function tooMany(text: string): SlipwayError {
  return new SlipwayError('CONFIG_INVALID', `pip: the selector "${text.slice(0, 80)}" stands for more than ${limit} words`, {
    hint: 'Use * instead of braces.',
  });
}

/** fnmatch.translate: `*`, `?`, `[seq]` and `[!seq]`; a bracket that is never closed stands for itself. */
function globExpression(glob: string): RegExp {
  const source = glob.replace(/\*+|\?|\[(!?)(\]?[^\]]*)\]|[^*?]/g, (token, negated: string | undefined, set: string | undefined) => {
    if (token.startsWith('*')) return '.*';
    if (token === '?') return '.';
    if (set !== undefined && set !== '') return `[${negated === '!' ? '^' : ''}${characters(set)}]`;
    return token.replace(/[\\^$.|+()[\]{}/-]/g, String.raw`\$&`);
  });
  return new RegExp(`^(?:${source})$`, 's');
}

/** A range that runs backwards is empty in fnmatch and an error in a RegExp. */
function characters(set: string): string {
  return set.replace(/(.)-(.)/g, (pair, from: string, to: string) => (from > to ? '' : pair)).replace(/[\\[\]^]/g, String.raw`\$&`);
}
