/**
 * What a shipped program does to stay up to date, step by step: trust, check, route, fetch, stage, probe, trial,
 * activate, rollback. Everything it touches comes in through ports, so that each of its calls can be made to fail.
 */
export { adopt, type Adoptee, type AdoptPorts } from './adopt.ts';
export { check, type Check, type CheckOutcome, type CheckRequest } from './check/check.ts';
export { choose, type Choice, type Question, type Why } from './check/choose.ts';
export { type FetchedRelease } from './check/records.ts';
export { diagnose, type DoctorPorts, type Finding, type Repair, type Surroundings } from './doctor.ts';
export { fetchPayloads, type FetchRequest } from './fetch/fetch-payloads.ts';
export { installError } from './install-error.ts';
export { requireState, withInstallation, type InstallationPorts } from './installation.ts';
export { installedVersions, type InstalledPorts, type InstalledVersion } from './installed-versions.ts';
export { currentTarget, installedAt, isVersionName, layoutOf, versionFolder, type Installed, type Layout } from './layout.ts';
export { type ObtainProgress } from './obtain.ts';
export { type Probed } from './probe.ts';
export { repair, repairFiles } from './repair.ts';
export { livedVersions, rollback, type RollbackPorts, type RolledBack } from './rollback.ts';
export { planRoutes, type Payload, type RoutePlan } from './route/plan-routes.ts';
export { type ComponentSource, type Sources } from './source.ts';
export { readState } from './state/state-file.ts';
export { type Floors, type ParsedState, type SetAside, type State, type Trial, type VersionRef } from './state/state.ts';
export { noFloors, type TrustFloors } from './trust/floors.ts';
export { openTrust, type Trust } from './trust/open-trust.ts';
export { type TrustPlace, type TrustPorts } from './trust/session.ts';
export { update, type Updated, type UpdateProgress, type UpdateRequest } from './update.ts';
export { readRecord, verifyVersion, type Damage, type SignedRecord } from './verify-version.ts';
