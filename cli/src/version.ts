import packageJson from '../package.json' with { type: 'json' };

/** Stamped into every program that Slipway compiles, itself included. */
declare const SLIPWAY_PRODUCT_VERSION: string | undefined;

export const version: string = typeof SLIPWAY_PRODUCT_VERSION === 'string' ? SLIPWAY_PRODUCT_VERSION : packageJson.version;
