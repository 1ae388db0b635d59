/** The Python sources are imported as text: Bun does it natively, jest through testkit/text-transform.cjs. */
declare module '*.py' {
  const text: string;
  export default text;
}
