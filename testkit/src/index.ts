/** For tests only: fixtures, contract suites and ways to look at plans. */
export { withFaults, type FaultKind, type Faults } from './faults.ts';
export { fsContract } from './fs-contract.ts';
export { expectGolden, renderPacked } from './golden.ts';
export { memoryMachine, type MemoryMachine } from './memory-machine.ts';
export { mockRepository, mockKey, type MockKey, type MockRepository } from './mock-repository.ts';
export { plannedMembers, type PlannedMember, type PlannedSources } from './planned-content.ts';
export { bunFacts, sampleRelease, sampleWith } from './sample-release.ts';
export { describeWrapper } from './wrapper-contract.ts';
export { programBytes, readProgram, startProgram, type Behaviour, type Ended } from './simulated-program.ts';
