/** The part of WebAssembly that every JavaScript runtime has and `lib: ES2023` leaves out. */
declare namespace WebAssembly {
  // oxlint-disable-next-line typescript/no-extraneous-class -- what it is
  class Module { constructor(bytes: Uint8Array); }
  class Instance { constructor(module: Module, imports: Record<string, Record<string, unknown>>); readonly exports: Record<string, unknown>; }
  class Memory {
    constructor(limits: { initial: number; maximum?: number });
    readonly buffer: ArrayBuffer;
    grow(pages: number): number;
  }
}
declare function atob(text: string): string;
