/** The second module of a program with an update address: its end user's commands, loaded when one of them is used. */
export { run } from '../self/run.ts';
