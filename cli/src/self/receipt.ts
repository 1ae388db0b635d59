import type { FsPort } from '@slipway/core';
import type { Layout } from '@slipway/updater';

/** What install.sh did outside the root, as far as it concerns the program: docs/formats/receipt.md. */
export interface Receipt {
  /** Folder of the links to the program's names. */
  readonly bin: string;
}

const limit = 64 * 1024;

/** Undefined where there is none that can be read: an installation works without it. */
export function readReceipt(fs: Pick<FsPort, 'read'>, { receipt }: Layout): Receipt | undefined {
  try {
    const bytes = fs.read(receipt, limit);
    const read = bytes === undefined ? undefined : (JSON.parse(new TextDecoder().decode(bytes)) as Partial<Receipt> | null);
    return typeof read?.bin === 'string' && read.bin.startsWith('/') ? { bin: read.bin } : undefined;
  } catch {
    return undefined;
  }
}
