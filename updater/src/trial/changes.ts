/** The changes of an installation's state, as data. Fields that are not known here stay. */
import { setAsideLimit, type State, type Trial, type VersionRef } from '../state/state.ts';

/** A candidate that is staged and probed: it runs, under watch, from the next start on. */
export function onTrial(state: State, candidate: VersionRef, dataVersion: number): State {
  return {
    ...state,
    trial: { version: candidate.version, record: candidate.record, deaths: 0, dataVersion },
    setAside: state.setAside.filter(({ record }) => record !== candidate.record),
  };
}

/** The candidate has lived. */
export function confirmed(state: State, trial: Trial): State {
  return {
    ...withoutTrial(state),
    confirmed: refOf(trial),
    previous: state.confirmed,
    dataVersion: Math.max(state.dataVersion, trial.dataVersion),
  };
}

/** Not to be offered again automatically; ends its trial. */
export function setAside(state: State, { version, record }: VersionRef, reason: string): State {
  const lived = state.confirmed.record === record;
  const others = state.setAside.filter((entry) => entry.record !== record);
  return {
    ...(state.trial?.record === record ? withoutTrial(state) : state),
    setAside: [...others, { version, record, reason: reason.slice(0, 500), ...(lived ? { lived } : {}) }].slice(-setAsideLimit),
  };
}

/** Another installed version, by the user's choice. Whatever was on trial is not any more. */
export function switchedTo(state: State, { version, record }: VersionRef): State {
  return { ...withoutTrial(state), confirmed: { version, record }, previous: state.confirmed };
}

export function withoutTrial(state: State): State {
  const { trial: _, ...rest } = state;
  return rest;
}

function refOf({ version, record }: VersionRef): VersionRef {
  return { version, record };
}
