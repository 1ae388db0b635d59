import { describe, expect, test } from '@jest/globals';
import { memoryMachine, withFaults, type FaultKind, type MemoryMachine } from '@slipway/testkit';
import { rotateKey } from '../keys/keys.ts';
import { folder, newPublisher, releaseOf } from '../sample.fixture.ts';
import { changeRepository, type Publisher } from './change.ts';
import { RepositoryReader } from './read.ts';
import { readLocalTrust } from '../keys/documents.ts';
import { rollout } from '../changes/offers.ts';

type Sample = Publisher & { readonly machine: MemoryMachine };

/** What a client would find: versions in stable and the number of the root, from signed metadata and the files it names. */
function offered(publisher: Sample): string {
  const reader = new RepositoryReader(publisher.machine.files, folder);
  const repository = reader.read(readLocalTrust(publisher.places).roots.slice(0, 1));
  const record = repository?.channels.get('stable')?.records.get('linux-x64');
  for (const candidate of record?.candidates ?? []) reader.checkPayloads(reader.release(candidate));
  return repository === undefined ? 'nothing' : `root ${repository.root.signed.version}: ${record?.candidates.map(({ version, rollout: share }) => version + (share === undefined ? '' : `@${share.percent}`)).join(' ')}`;
}

const paths = ({ machine }: Sample): readonly string[] => machine.files.paths().filter((path) => path.startsWith(`${folder}/`) && !path.endsWith('.lock'));

/**
 * Changes to be interrupted, each with what a client finds before and after it. A new root appears after the commit;
 * what is committed is valid for clients of either root.
 */
const changes: readonly (readonly [title: string, before: string, after: string, change: (publisher: Sample) => Promise<unknown>, between?: string])[] = [
  ['a first release', 'nothing', 'root 1: 1.0.0', (publisher) => releaseOf(publisher, '1.0.0')],
  ['a rollout', 'root 1: 1.0.0', 'root 1: 1.0.0@10', (publisher) => changeRepository(publisher, {}, (draft) => rollout(draft, '1.0.0', 10, 'stable', (count) => new Uint8Array(count)))],
  ['a release with a new root', 'root 1: 1.0.0', 'root 2: 1.1.0 1.0.0', (publisher) => releaseOf(publisher, '1.1.0'), 'root 1: 1.1.0 1.0.0'],
];

async function prepared(title: string): Promise<Sample> {
  const publisher = await newPublisher();
  if (title !== 'a first release') await releaseOf(publisher, '1.0.0');
  if (title === 'a release with a new root') await rotateKey({ places: publisher.places, ring: publisher.ring, now: publisher.machine.now }, 'timestamp');
  return publisher;
}

/** One machine for each round would make keys anew: the files of a prepared one are copied instead. */
function copied(publisher: Sample): Sample {
  const machine = memoryMachine();
  for (const path of publisher.machine.files.paths()) {
    if (path.endsWith('/')) {
      machine.files.makeFolder(path.slice(0, -1), 0o755);
      continue;
    }
    const copy = machine.files.create(path, 0o644);
    copy.write(publisher.machine.files.read(path, 2 ** 24) ?? new Uint8Array(), 0);
    copy.sync();
    copy.close();
  }
  for (const path of ['//', ...publisher.machine.files.paths()]) if (path.endsWith('/')) machine.files.syncFolder(path.slice(0, -1));
  return { ...publisher, machine, ports: machine.ports };
}

const kinds: readonly FaultKind[] = ['transient', 'persistent', 'crash-before', 'crash-after'];

describe.each(changes)('%s', (title, before, after, change, between) => {
  test.each(kinds)('whose every call fails once (%s) leaves the old repository or the new one, and the next command ends it', async (kind) => {
    const start = await prepared(title);
    expect(offered(start)).toBe(before);
    const traced = copied(start);
    const trace = withFaults(traced.machine.ports, kind, undefined);
    await change({ ...traced, ports: trace.ports });
    expect(offered(traced)).toBe(after);
    const complete = paths(traced).filter((path) => path.endsWith('/') || !path.startsWith(`${folder}/.`));
    const counts = { injected: 0, old: 0, new: 0 };
    for (let at = 0; at < trace.calls.length; at++) {
      const publisher = copied(start);
      const faults = withFaults(publisher.machine.ports, kind, at);
      await change({ ...publisher, ports: faults.ports }).catch(() => undefined);
      if (faults.injected()) counts.injected += 1;
      publisher.machine.pid += 1; // the process has ended, and its lock with it
      if (kind.startsWith('crash')) publisher.machine.crash(at % 2 === 0 ? 'nothing' : 'everything');
      const found = offered(publisher);
      if (![before, between, after].includes(found)) throw new Error(`call ${at}, ${trace.calls[at]}: ${found}`);
      counts[found === before ? 'old' : 'new'] += 1;
      await change(publisher);
      expect(offered(publisher)).toBe(after);
      expect(paths(publisher)).toEqual(complete);
    }
    expect(counts.injected).toBe(trace.calls.length);
    expect(counts.old).toBeGreaterThan(0);
    process.stderr.write(`${title}, ${kind}: ${counts.injected} of ${trace.calls.length} calls injected, ${counts.old} left the old repository, ${counts.new} the new one\n`);
  }, 300_000);
});

test('a second command is refused while one is at work', async () => {
  const publisher = await newPublisher();
  await releaseOf(publisher, '1.0.0');
  await changeRepository(publisher, {}, () => {
    const second: Publisher = { ...publisher };
    return expect(changeRepository(second, {}, () => undefined)).rejects.toMatchObject({ code: 'REPOSITORY_BUSY' });
  });
});

test('a dry run writes nothing', async () => {
  const publisher = await newPublisher();
  await changeRepository(publisher, { create: true, dryRun: true }, () => undefined);
  expect(publisher.machine.files.paths()).toEqual([]);
});
