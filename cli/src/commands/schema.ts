import { jsonSchema, referencePage } from '../project/reference.ts';

/** `slipway schema`: the configuration's JSON Schema, or its reference page. */
export async function schema({ markdown }: { readonly markdown: boolean }): Promise<number> {
  process.stdout.write(markdown ? referencePage() : `${JSON.stringify(jsonSchema(), null, 2)}\n`);
  return 0;
}
