/** Ruby as a formula needs it. */

/** A double-quoted string; `#` is escaped where it would start an interpolation. */
export function quoted(text: string): string {
  const escaped = text.replaceAll(/[\\"]/g, String.raw`\$&`).replaceAll(/#(?=[{$@])/g, String.raw`\#`);
  return `"${escaped.replaceAll(/\s+/g, ' ')}"`;
}

/** The class that Homebrew looks for in a formula's file (its Formulary.class_s). */
export function formulaClass(name: string): string {
  return (name.charAt(0).toUpperCase() + name.slice(1).toLowerCase())
    .replaceAll(/[-_.\s]([a-zA-Z0-9])/g, (_, letter: string) => letter.toUpperCase())
    .replaceAll('+', 'x')
    .replace(/(.)@(\d)/, '$1AT$2');
}

const identifier = /^[A-Za-z0-9.+-]+$/;

/** An SPDX expression in Homebrew's words; what has no such words is `:cannot_represent`. Undefined for npm's "none". */
export function rubyLicense(expression: string): string | undefined {
  if (/^(UNLICENSED$|SEE LICENSE IN )/.test(expression)) return undefined;
  const plain = expression.replace(/^\((.*)\)$/, '$1');
  for (const [word, key] of [['OR', 'any_of'], ['AND', 'all_of']] as const) {
    const parts = plain.split(` ${word} `);
    if (parts.length > 1 && parts.every((part) => identifier.test(part))) return `${key}: [${parts.map(quoted).join(', ')}]`;
  }
  const [base, exception, more] = plain.split(' WITH ');
  if (base !== undefined && exception !== undefined && more === undefined && identifier.test(base) && identifier.test(exception)) return `${quoted(base)} => { with: ${quoted(exception)} }`;
  return identifier.test(plain) ? quoted(plain) : ':cannot_represent';
}

/** Each line two spaces further in; empty lines stay empty. */
export function indented(lines: readonly string[]): readonly string[] {
  return lines.map((line) => (line === '' ? '' : `  ${line}`));
}

export function block(head: string, lines: readonly string[]): readonly string[] {
  return [`${head} do`, ...indented(lines), 'end'];
}

/** Groups of lines with one empty line between them; empty groups are left out. */
export function paragraphs(groups: readonly (readonly string[])[]): readonly string[] {
  return groups.filter((group) => group.length > 0).flatMap((group, index) => (index === 0 ? group : ['', ...group]));
}
