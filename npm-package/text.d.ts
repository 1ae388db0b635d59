/** The launcher's sources are imported as text: Bun does it natively, jest through testkit/text-transform.cjs. */
declare module '*.cjs' {
  const text: string;
  export default text;
}
