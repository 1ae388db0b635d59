/**
 * What a shipped program does to stay up to date, step by step: trust, check, route, fetch, stage, probe, trial,
 * activate, rollback. Everything it touches comes in through ports, so that each of its calls can be made to fail.
 */
export { check, type Check, type CheckOutcome, type CheckRequest } from './check/check.ts';
export { choose, type Choice, type Question, type Why } from './check/choose.ts';
export { type FetchedRelease } from './check/records.ts';
export { fetchPayloads, type FetchRequest } from './fetch/fetch-payloads.ts';
export { installError } from './install-error.ts';
export { planRoutes, type InstalledVersion, type Payload, type RoutePlan } from './route/plan-routes.ts';
export { type ComponentSource, type Sources } from './source.ts';
export { noFloors, type TrustFloors } from './trust/floors.ts';
export { openTrust, type Trust } from './trust/open-trust.ts';
export { type TrustPlace, type TrustPorts } from './trust/session.ts';
