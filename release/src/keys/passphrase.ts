/** Where passphrases come from: a terminal, a file descriptor, the environment. Never the command line. */
export interface PassphraseSource {
  /** One for new keys. */
  create(): Promise<string>;
  /**
   * One for the key of this name. `attempt` counts from 0; a source that has only one answer throws PASSPHRASE_WRONG
   * from the second attempt on, and PASSPHRASE_MISSING when it has none.
   */
  open(name: string, attempt: number): Promise<string>;
}
