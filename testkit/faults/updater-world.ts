/**
 * An installation in memory, with a newer version on offer, and what a user does with it. The same world can be made
 * again and again: nothing in it depends on the clock or on chance.
 */
import { memoryMachine, mockRepository, programBytes, readProgram, startProgram, type MemoryMachine } from '@slipway/testkit';
import { releaseRecordSchema, type Candidate, type Component, type UpdateDescriptor, type UpdaterPorts } from '@slipway/core';
import { adopt, diagnose, layoutOf, rollback, update, type Updated } from '@slipway/updater';
import { answerProbe } from '@slipway/updater/guard';

export const layout = layoutOf('/home/me/.local/share/tool');
export const link = '/home/me/.local/bin/tool';
const url = 'https://releases.example/';

type Offer = ReadonlyMap<string, Uint8Array>;

const { offers, records, root } = publish();
const descriptor: UpdateDescriptor = { product: 'tool', version: '1.0.0', target: 'linux-x64', names: ['tool'], url, channel: 'stable', root, topLevel: true, dataVersion: 0 };

/** Three releases, one offer after the other; two components, of which one stays the same. */
function publish(): { readonly offers: readonly Offer[]; readonly records: readonly { readonly bytes: Uint8Array; readonly components: readonly Component[] }[]; readonly root: string } {
  const repository = mockRepository({ product: 'tool' });
  const notes = repository.file('share/notes.txt', new TextEncoder().encode('the same in every version\n'.repeat(40)), 0o644);
  const candidates: Candidate[] = [];
  const offers = ['1.0.0', '2.0.0', '3.0.0'].map((version) => {
    const components: Component[] = [repository.file('tool', programBytes(version)), { kind: 'link', path: 'toold', to: 'tool' }, notes];
    candidates.unshift(repository.release({ version, components }));
    repository.channel({ candidates: [...candidates] });
    repository.publish();
    return new Map(repository.files);
  });
  const records = candidates.toReversed().map(({ record }) => {
    const bytes = repository.files.get(`records/${record.sha256}.json`) as Uint8Array;
    return { bytes, components: releaseRecordSchema.parse(JSON.parse(new TextDecoder().decode(bytes))).components };
  });
  return { offers, records, root: repository.root };
}

/** A machine on which 1.0.0 is installed, all of it durable, and 2.0.0 is on offer. */
export async function openWorld(): Promise<MemoryMachine> {
  const machine = memoryMachine();
  const { files } = machine;
  for (const path of ['/home', '/home/me', '/home/me/.local', '/home/me/.local/bin', '/home/me/.local/share', layout.root, layout.versions, `${layout.versions}/1.0.0`, `${layout.versions}/1.0.0/share`]) files.makeFolder(path, 0o755);
  const write = (path: string, bytes: Uint8Array, mode: number): void => files.create(`${layout.versions}/1.0.0/${path}`, mode).write(bytes, 0);
  write('tool', programBytes('1.0.0'), 0o755);
  write('share/notes.txt', new TextEncoder().encode('the same in every version\n'.repeat(40)), 0o644);
  write('.record.json', records[0]?.bytes as Uint8Array, 0o644);
  files.symlink('tool', `${layout.versions}/1.0.0/toold`);
  files.symlink(`${layout.root}/current/tool`, link);
  files.symlink('versions/1.0.0', layout.current);
  machine.run = (executable, _, { env = {} }) => {
    const program = readProgram(files.read(executable, 2 ** 20));
    const answer = program === undefined ? undefined : answerProbe({ ...program, topLevel: true }, env);
    return { code: answer === undefined ? 1 : 0, signal: undefined, stdout: answer ?? '', stderr: '', timedOut: false };
  };
  await adopt(machine.ports, layout, descriptor);
  files.settle();
  offer(machine, '2.0.0');
  return machine;
}

/** The server has everything up to this version. */
export function offer(machine: MemoryMachine, version: '2.0.0' | '3.0.0'): void {
  machine.served.clear();
  for (const [path, bytes] of offers[version === '2.0.0' ? 1 : 2] as Offer) machine.served.set(`${url}${path}`, bytes);
}

export function runUpdate(ports: UpdaterPorts, version: string): Promise<Updated> {
  return update(ports, layout, { ...descriptor, version }, { explicit: true, checkOnly: false, report: () => undefined });
}

export function runRollback(ports: UpdaterPorts): Promise<unknown> {
  return rollback(ports, layout);
}

/** What a start of the program runs. */
export function start(machine: MemoryMachine, ports: UpdaterPorts): string | undefined {
  return startProgram(machine, ports, link).version;
}

/** What the program's own doctor finds wrong, and versions that are not whole. */
export function violations({ files, ports }: MemoryMachine, running: string): readonly string[] {
  const found = diagnose(ports, layout, running, { binFolder: '/home/me/.local/bin', names: ['tool'], searchPath: ['/home/me/.local/bin'] });
  const incomplete = files.list(layout.versions).filter((version) => readProgram(files.read(`${layout.versions}/${version}/tool`, 2 ** 20))?.version !== version);
  return [...found.filter(({ ok }) => !ok).map(({ message }) => message), ...incomplete.map((version) => `version ${version} is not whole`)];
}
