/** The installer's scripts are imported as text: Bun does it natively, jest through testkit/text-transform.cjs. */
declare module '*.sh' {
  const text: string;
  export default text;
}
