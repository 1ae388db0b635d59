/**
 * `slipway verify`: the table of what each package holds, and the exact difference where something is wrong.
 */
import { resolve } from 'node:path';
import { verifyDist, type VerifyCell, type VerifyReport } from '@slipway/wrappers';
import { colorsFor } from '../report/colors.ts';
import { leftOut } from '../report/left-out.ts';
import { table } from '../report/table.ts';

export async function verify({ dist, json }: { readonly dist: string; readonly json: boolean }): Promise<number> {
  const report = await verifyDist(resolve(dist), {});
  process.stdout.write(json ? `${JSON.stringify(report, null, 2)}\n` : text(report));
  return report.ok ? 0 : 1;
}

function text(report: VerifyReport): string {
  const { red, green } = colorsFor(process.stdout);
  const cellOf = (target: string, column: string): string => report.cells.filter((cell) => cell.target === target && cell.column === column).map(show).join(' ');
  const rows = report.targets.map((target) => [target, ...report.columns.map((column) => cellOf(target, column))]);
  const lines = [table(['target', ...report.columns], rows)];
  const skipped = report.cells.flatMap((cell) => (cell.state === 'skipped' ? [{ wrapper: cell.column, target: cell.target, reason: cell.reason }] : []));
  for (const line of leftOut(skipped, report.targets)) lines.push(`${line}\n`);
  for (const { path, message } of report.problems) lines.push(`${red('✗')} ${path}: ${message}\n`);
  const { product, ok, problems, cells } = report;
  const name = product === undefined ? '' : `${product.name} ${product.version}: `;
  const summary = ok ? `${cells.filter(({ state }) => state === 'ok').length} packages and executables hold the same bytes for each target` : `${problems.length} ${problems.length === 1 ? 'problem' : 'problems'}`;
  return `${lines.join('')}${name}${ok ? green(summary) : red(summary)}\n`;
}

function show(cell: VerifyCell): string {
  switch (cell.state) {
    case 'ok':
      return cell.sha256?.slice(0, 16) ?? 'ok';
    case 'shared':
      return 'shared';
    case 'skipped':
      return '–';
    default:
      return '✗';
  }
}
