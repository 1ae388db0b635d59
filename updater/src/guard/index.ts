/** The first code a program with an update address runs. It is small, and needs nothing of the rest of the updater. */
export { guardStart, type CandidateStart, type Environment, type GuardDescriptor, type GuardPorts, type Start } from './guard.ts';
export { watchCandidate, type CandidateWatch, type InterruptSignal, type ProcessEvents } from './candidate.ts';
export { answerProbe, probeVariable } from './probe-answer.ts';
