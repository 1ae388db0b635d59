/**
 * Whatever is wrong with what the publisher writes: one error that says what and what to do, its exit code, and an
 * output folder that is as it was.
 */
import { beforeAll, describe, expect, test } from '@jest/globals';
import { cpSync } from 'node:fs';
import { badInput, needsCompiling, type Row } from './bad-input-rows.ts';
import { expectFailure, expectJsonFailure, expectSuccess } from './outcome.ts';
import { run, type Ran } from './program.ts';
import { change, helloProject, type Project } from './project.ts';
import { workFolders } from './leftovers.ts';
import { sampled } from './suite.ts';
import { recorded } from './transcript.ts';
import { plain, readTree } from './tree.ts';

let earlier: Project;

beforeAll(async () => {
  earlier = helloProject();
  await run(earlier, ['dist', '--fake']);
});

/** A project in which a run ended well before the input went bad. */
function projectOf({ files = () => ({}) }: Row): Project {
  const project = helloProject();
  cpSync(earlier.dist, project.dist, { recursive: true, verbatimSymlinks: true });
  change(project, files(project));
  return project;
}

async function runRow(row: Row, project: Project, more: readonly string[] = []): Promise<Ran> {
  return run(project, [...(row.args ?? ['dist', '--fake', '--target', 'linux-x64']), ...more], row.env === undefined ? {} : { env: row.env });
}

/** What `change` needs to undo what the row did. */
function undo(row: Row, project: Project): void {
  const original = helloProject();
  for (const path of Object.keys(row.files?.(project) ?? {})) change(project, { [path]: null });
  cpSync(original.root, project.root, { recursive: true });
}

describe.each([
  ['the command line and the configuration', badInput],
  ['the program that is compiled', needsCompiling],
])('%s', (_, rows) => {
  const chosen = sampled(rows, 24);
  test.each(chosen)('$title: $code', (row) => recorded(async () => {
    const project = projectOf(row);
    const before = plain(readTree(project.dist));

    expectFailure(await runRow(row, project), row);
    expect(plain(readTree(project.dist))).toEqual(before);
    if (!sampled(chosen, 6).includes(row)) return; // the rest is the same for all

    expectJsonFailure(await runRow(row, project, ['--json']), row);
    expect(plain(readTree(project.dist))).toEqual(before);

    undo(row, project);
    expectSuccess(await run(project, ['dist', '--fake', '--target', 'linux-x64']));
  })());
});

test('a hint that says to leave a wrapper out is right', recorded(async () => {
  const project = helloProject();
  const args = ['dist', '--fake', '--target', 'linux-x64', '--set-version', '1.0.0-foo.1'];
  expectFailure(await run(project, args), { code: 'VERSION_NOT_EXPRESSIBLE' });
  expectSuccess(await run(project, [...args, '--wrapper', 'archive', '--wrapper', 'npm']));
  change(project, { 'slipway.config.json': JSON.stringify({ wrappers: { pip: false } }) });
  expectSuccess(await run(project, args));
}));

test.each([
  ['1970', '0'],
  ['2107, the last year of a zip', '4354819198'],
])('a release dated %s is written, and verifies', (_, date) => recorded(async () => {
  const project = helloProject();
  expectSuccess(await run(project, ['dist', '--fake'], { env: { SOURCE_DATE_EPOCH: date } }));
  expectSuccess(await run(project, ['verify']));
}, 'no fault')());

test('a plan that cannot be read is what verify finds', recorded(async () => {
  const project = helloProject({ files: { 'other/plan.json': '{"format": 1' } });
  const ran = await run(project, ['verify', 'other']);
  expect(ran).toMatchObject({ code: 1, stdout: expect.stringContaining('plan.json') });
}));

test('a reader that goes away ends the run without a stack trace, and nothing is left behind', recorded(async () => {
  const project = helloProject();
  const ran = await run(project, ['dist', '--fake', '--json'], { under: ['sh', '-c', '"$0" "$@" | head -c 10'] });
  expect(ran.stderr).toBe('');
  expect(workFolders(project)).toEqual([]);
  expectSuccess(await run(project, ['dist', '--fake']));
}));
