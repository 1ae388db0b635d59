import { stop } from './setup.ts';

// oxlint-disable-next-line import/no-default-export -- what jest calls
export default stop;
