import { readFileSync } from 'node:fs';
import { ioError, SlipwayError } from '@slipway/core';

/** A JSON file of the project; throws CONFIG_INVALID where it is none. */
export function readJsonFile(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    if (error instanceof SyntaxError) throw new SlipwayError('CONFIG_INVALID', `${path} is not JSON: ${error.message}`, { cause: error });
    throw ioError(error, `read ${path}`);
  }
}
