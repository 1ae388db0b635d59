/** The committed scripts and pages are those of the commands, and the shells themselves complete by them. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { commands } from '../cli.ts';
import { bashCompletion } from './bash.ts';
import { allCommands, commandTree, type Command } from './command-tree.ts';
import { fishCompletion } from './fish.ts';
import { manualPage } from './manual.ts';
import { powershellCompletion } from './powershell.ts';
import { zshCompletion } from './zsh.ts';

const folder = new URL('../../../docs/', import.meta.url);
const fileOf = (path: string): string => new URL(path, folder).pathname;
const tree = commandTree('slipway', commands);

test.each<[path: string, make: (program: Command) => string]>([
  ['completions/slipway.bash', bashCompletion],
  ['completions/slipway.zsh', zshCompletion],
  ['completions/slipway.fish', fishCompletion],
  ['completions/slipway.ps1', powershellCompletion],
  ['man/slipway.1', manualPage],
])('docs/%s is what `make docs` writes', (path, make) => {
  expect(readFileSync(fileOf(path), 'utf8')).toBe(make(tree));
});

test('every command is described, and so is every option', () => {
  const all = allCommands(tree);
  expect(all.map(({ words }) => words.join(' '))).toEqual(expect.arrayContaining(['dist', 'verify', 'keys rotate', 'self owner', 'completion']));
  expect(all.filter(({ describe: text }) => text === '')).toEqual([]);
  expect(all.flatMap(({ options }) => options).filter(({ describe: text }) => text === '')).toEqual([]);
  expect(all.find(({ words }) => words.join(' ') === 'verify')?.operands).toEqual([{ written: '[dist]', describe: 'Output folder of a run' }]);
});

/** Skipped by name where a tool is missing. */
function tool(name: string, probe: readonly string[] = ['--version']): { readonly check: typeof test.each | typeof test.skip.each; readonly note: string } {
  const installed = spawnSync(name, probe).error === undefined;
  return installed ? { check: test.each, note: name } : { check: test.skip.each, note: `${name} (skipped: it is not installed)` };
}
const shells = { bash: tool('bash'), zsh: tool('zsh'), fish: tool('fish'), mandoc: tool('mandoc', ['-Tlint', '/dev/null']), groff: tool('groff') };

describe(shells.bash.note, () => {
  shells.bash.check([
    [['ke'], ['keys']],
    [['keys', ''], ['init', 'list', 'rotate', 'revoke', 'renew', '--json', '--help']],
    [['init', '--format', ''], ['ts', 'json', 'yaml']],
    [['init', '--format', 'ts', '--f'], ['--format', '--force']],
    [['dist', '--out', ''], []],
    [['--json', 'plan', '--ta'], ['--target']],
    [['completion', 'f'], ['fish']],
  ])('after "slipway %j" it offers %j', (words, offered) => {
    const script = 'source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _slipway; printf "%s\\n" "${COMPREPLY[@]}"';
    const { stdout, stderr } = spawnSync('bash', ['-uc', script, 'bash', fileOf('completions/slipway.bash'), 'slipway', ...words], { encoding: 'utf8' });
    expect([stderr, stdout.split('\n').filter((line) => line !== '')]).toEqual(['', offered]);
  });
});

describe(shells.fish.note, () => {
  shells.fish.check([
    ['slipway ke', ['keys']],
    ['slipway keys r', ['renew', 'revoke', 'rotate']],
    ['slipway init --format ', ['json', 'ts', 'yaml']],
    ['slipway completion f', ['fish']],
    ['slipway dist --ta', ['--target']],
  ])('after "%s" it offers %j', (line, offered) => {
    const { stdout, stderr } = spawnSync('fish', ['--no-config', '-c', `source ${fileOf('completions/slipway.fish')}; complete -C '${line}'`], { encoding: 'utf8', env: { ...process.env, HOME: '/nonexistent' } });
    expect([stderr, stdout.split('\n').filter((one) => one !== '').map((one) => one.split('\t')[0])]).toEqual(['', offered]);
  });
});

describe(shells.zsh.note, () => {
  shells.zsh.check([[['ke'], 'keys'], [['keys', 'rot'], 'rotate'], [['init', '--format', 'y'], 'yaml'], [['completion', 'p'], 'powershell']])('completes "slipway %j" to %s', (words, completed) => {
    // A terminal of its own for an interactive shell, whose line is completed and then printed; once it edits lines.
    const inner = `autoload -U compinit && compinit -D -u; source ${fileOf('completions/slipway.zsh')}; PS1=; setopt nobeep; bindkey '^I' complete-word; show() { print -r -- "<<$BUFFER>>"; zle kill-buffer }; zle -N show; bindkey '^X' show; zle-line-init() { print -r -- READY }; zle -N zle-line-init`;
    const script = `zmodload zsh/zpty; zpty z zsh -f -i; zpty -w z ${JSON.stringify(inner)}; zpty -r z line '*READY*READY*'; zpty -w -n z "$1"$'\\t\\x18'; zpty -r z line '*>>*'; print -r -- $line; zpty -d z`;
    const { stdout } = spawnSync('zsh', ['-f', '-c', script.replaceAll('$BUFFER', '\\$BUFFER'), 'zsh', `slipway ${words.join(' ')}`], { encoding: 'utf8', timeout: 50_000 });
    expect(/<<(.*?)>>/.exec(stdout)?.[1]?.trim()).toBe(`slipway ${[...words.slice(0, -1), completed].join(' ')}`);
  });
});

describe(shells.mandoc.note, () => {
  shells.mandoc.check([['slipway.1'], ['slipwayd.1']])('finds nothing wrong with %s but the date that it has not', (page) => {
    const { stdout } = spawnSync('mandoc', ['-Tlint', '-Wwarning', fileOf(`man/${page}`)], { encoding: 'utf8' });
    expect(stdout.split('\n').filter((line) => line !== '' && !line.includes('missing date'))).toEqual([]);
  });
});

describe(shells.groff.note, () => {
  shells.groff.check([['slipway.1'], ['slipwayd.1']])('formats %s without a word', (page) => {
    const { status, stderr } = spawnSync('groff', ['-man', '-ww', '-z', fileOf(`man/${page}`)], { encoding: 'utf8' });
    expect([status, stderr]).toEqual([0, '']);
  });
});
