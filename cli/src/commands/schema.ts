import { z } from 'zod';
import { projectConfigSchema } from '../project/schema.ts';

export async function schema(): Promise<number> {
  process.stdout.write(`${JSON.stringify(z.toJSONSchema(projectConfigSchema, { io: 'input' }), null, 2)}\n`);
  return 0;
}
