/**
 * What a shipped program does to stay up to date, step by step: trust, check, route, fetch, stage, probe, trial,
 * activate, rollback. Everything it touches comes in through ports, so that each of its calls can be made to fail.
 */
export {};
