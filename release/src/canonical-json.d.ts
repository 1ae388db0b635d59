declare module '@tufjs/canonical-json' {
  /** OLPC canonical JSON, as TUF signs it: keys sorted, no white space, whole numbers only. */
  export function canonicalize(value: unknown): string;
}
