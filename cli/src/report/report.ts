/**
 * What a run prints while it goes on: a status line that is rewritten on a terminal, plain lines elsewhere, events as
 * JSON with --json. Progress goes to standard error, results to standard output.
 */
import { relative } from 'node:path';
import type { DistResult } from '../pipeline/dist.ts';
import type { DistEvent, Report } from '../pipeline/events.ts';
import { amount } from './amount.ts';
import { colorsFor } from './colors.ts';
import { leftOut } from './left-out.ts';

export interface OpenReport {
  readonly event: Report;
  done(result: DistResult): void;
  close(): void;
}

export function openReport(json: boolean, dist: string): OpenReport {
  if (json) {
    const line = (value: unknown): void => void process.stdout.write(`${JSON.stringify(value)}\n`);
    return { event: line, done: ({ artifacts, changed, deflatedBytes }) => line({ event: 'done', changed, artifacts: artifacts.length, deflatedBytes, dist }), close: () => undefined };
  }
  const lines = process.stderr.isTTY && process.env['CI'] === undefined ? statusLine() : plainLines();
  return {
    event: lines.event,
    close: lines.close,
    done({ plan, artifacts, changed }) {
      lines.close();
      const size = artifacts.reduce((total, artifact) => total + artifact.size, 0);
      const where = relative(process.cwd(), dist) || '.';
      const what = changed ? `${artifacts.length} files, ${amount(size)}, every executable verified` : `nothing changed, ${artifacts.length} files`;
      process.stdout.write(`${plan.product.name} ${plan.product.version} in ${where}/: ${what}\n`);
      const skipped = plan.skipped.filter(({ wrapper }) => plan.selected.wrappers.includes(wrapper));
      for (const line of leftOut(skipped, plan.selected.targets)) process.stdout.write(`${line}\n`);
    },
  };
}

interface Lines {
  event(event: DistEvent): void;
  close(): void;
}

/** One line an event that is worth reading later. */
function text(event: DistEvent): string | undefined {
  switch (event.event) {
    case 'plan':
      return `plan     ${event.plan.product.name} ${event.plan.product.version}: ${event.plan.selected.targets.length} targets, ${event.plan.selected.wrappers.join(', ') || 'executables only'}`;
    case 'built':
      return `build    ${event.target}${event.reused ? ' (unchanged)' : ''}`;
    case 'note':
      return `note     ${event.target}: ${event.note}`;
    case 'warning':
      return `warning  ${event.message}`;
    case 'artifact':
      return event.artifact.wrapper === undefined ? undefined : `${event.artifact.wrapper.padEnd(8)} ${event.artifact.path}${event.how === 'reused' ? ' (unchanged)' : ` ${amount(event.artifact.size)}`}`;
    case 'verify':
      return 'verify';
    default:
      return undefined;
  }
}

function plainLines(): Lines {
  return {
    event(event) {
      const line = text(event);
      if (line !== undefined) process.stderr.write(`${line}\n`);
    },
    close: () => undefined,
  };
}

/** Finished things scroll by above one line that says what goes on now. */
function statusLine(): Lines {
  const pc = colorsFor(process.stderr);
  const busy = new Map<string, string>();
  const clear = (): void => void process.stderr.write('\r\u001b[2K');
  const draw = (): void => {
    const now = [...busy].map(([target, step]) => `${target} ${step}`).join('  ');
    const width = (process.stderr.columns ?? 80) - 3; // a line that wraps could not be cleared
    if (now !== '') process.stderr.write(`${pc.cyan('…')} ${pc.dim(now.slice(0, width))}`);
  };
  return {
    event(event) {
      clear();
      if (event.event === 'step') busy.set(event.target, event.step);
      if (event.event === 'download') busy.set(event.target, `fetching its runtime ${amount(event.bytes)}`);
      if (event.event === 'built' || event.event === 'compressed') busy.delete(event.target);
      const line = text(event);
      if (line !== undefined) process.stderr.write(`${/^(note|warning) /.test(line) ? pc.yellow('!') : pc.green('✓')} ${line}\n`);
      draw();
    },
    close() {
      busy.clear();
      clear();
    },
  };
}
