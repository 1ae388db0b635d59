import { configSchema } from '@slipway/core';
import { wrappers } from '@slipway/wrappers';

/** The configuration's schema with the options of every wrapper there is. */
export const projectConfigSchema = configSchema(Object.fromEntries(wrappers.map(({ name, options }) => [name, options])));
