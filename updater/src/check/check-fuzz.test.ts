import { expect, test } from '@jest/globals';
import { SlipwayError } from '@slipway/core';
import { memoryMachine, mockRepository } from '@slipway/testkit';
import fc from 'fast-check';
import { noFloors } from '../trust/floors.ts';
import { check } from './check.ts';

const url = 'https://dl.example/tool/';
const repository = mockRepository();
repository.channel({ candidates: [repository.release({ version: '2.0.0', notes: 'Faster', components: [repository.file('tool', new TextEncoder().encode('program'))] })] });
repository.rotate('snapshot');
repository.publish();
const names = [...repository.files.keys()].filter((name) => !name.startsWith('payloads/'));

async function asked(files: ReadonlyMap<string, Uint8Array>): Promise<string> {
  const machine = memoryMachine();
  for (const [name, bytes] of files) machine.served.set(url + name, bytes);
  machine.files.makeFolder('/app', 0o755);
  try {
    const { outcome } = await check(machine.ports, {
      descriptor: { product: 'tool', target: 'linux-x64', url, root: repository.root }, channel: 'stable', trustFolder: '/app/trust', floors: noFloors,
      installId: 'f'.repeat(32), current: { version: '1.0.0', record: 'a'.repeat(64) }, setAside: [], explicit: false,
    });
    return JSON.stringify(outcome);
  } catch (error) {
    return error instanceof SlipwayError ? error.code : `${error}`;
  }
}

/** One change to a file: bytes replaced, cut off, put twice, or another value somewhere in its JSON. */
const change = fc.oneof(
  fc.record({ kind: fc.constant('replace' as const), at: fc.nat(), bytes: fc.uint8Array({ minLength: 1, maxLength: 8 }) }),
  fc.record({ kind: fc.constant('cut' as const), at: fc.nat() }),
  fc.record({ kind: fc.constant('repeat' as const), at: fc.nat() }),
  fc.record({ kind: fc.constant('value' as const), at: fc.nat(), value: fc.jsonValue({ maxDepth: 2 }) }),
);

function changed(bytes: Uint8Array, how: typeof change extends fc.Arbitrary<infer T> ? T : never): Uint8Array {
  const at = how.at % bytes.length;
  switch (how.kind) {
    case 'replace': {
      const copy = bytes.slice();
      copy.set(how.bytes.subarray(0, bytes.length - at), at);
      return copy;
    }
    case 'cut':
      return bytes.slice(0, at);
    case 'repeat':
      return new Uint8Array([...bytes.subarray(0, at), ...bytes]);
    case 'value': {
      const spots = new TextDecoder().decode(bytes).split(/(?<=":)(?=["\d[{tf])/);
      const spot = how.at % spots.length;
      return new TextEncoder().encode(spots.map((text, index) => (index === spot ? text.replace(/^("[^"]*"|\d+|true|false)?/, JSON.stringify(how.value)) : text)).join(''));
    }
  }
}

test('whatever becomes of a file on the server, the answer is the signed one or one of our errors', async () => {
  const honest = await asked(repository.files);
  expect(honest).toMatch(/"outcome":"available"/);
  const errors = ['SERVER_ANSWER_INVALID', 'TRUST_REJECTED', 'TRUST_ROLLED_BACK', 'TRUST_EXPIRED', 'PAYLOAD_INVALID'];
  const codes = new Set<string>();
  await fc.assert(fc.asyncProperty(fc.constantFrom(...names), change, async (name, how) => {
    const answer = await asked(new Map(repository.files).set(name, changed(repository.files.get(name) as Uint8Array, how)));
    codes.add(answer.slice(0, 40));
    expect([honest, ...errors]).toContain(answer);
  }), { seed: 20260101, numRuns: 1500 });
  expect(codes.size).toBeGreaterThan(3);
});
