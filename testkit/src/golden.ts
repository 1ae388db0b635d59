/** Golden files: what a wrapper plans, in a form that a person reads in a review. */
import { expect } from '@jest/globals';
import { readFileSync, writeFileSync } from 'node:fs';
import type { ContainerEntry, Packed, PlannedFile, Text } from '@slipway/core';

/** Compare with the golden file at `url`; UPDATE_GOLDEN=1 writes it instead. */
export function expectGolden(url: URL, text: string): void {
  if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(url, text);
  expect(text).toBe(readFileSync(url, 'utf8'));
}

/**
 * Every file with its members. Texts are shown in full once, except sources of the launchers, which are files of their
 * own: those show their first line.
 */
export function renderPacked({ files, skipped }: Packed): string {
  const shown = new Set<string>();
  return [...files.map((file) => renderFile(file, shown)), ...skipped.map(({ target, reason }) => `skipped ${target}: ${reason}\n`)].join('\n');
}

function renderFile(file: PlannedFile, shown: Set<string>): string {
  const { content, id, type, path, target, executables = [], installs = [] } = file;
  const carries = executables.map(({ name, entry }) => `  carries ${name} at ${entry}\n`).join('');
  const offers = installs.map((one) => `  installs ${one.id} on ${one.target}\n`).join('');
  const head = `${path}\n  ${id}, ${type}${target === undefined ? '' : `, for ${target}`}\n${carries}${offers}`;
  if (content.kind === 'text') return head + renderText(content.text, shown);
  const entries = content.entries.map((entry) => renderEntry(entry, shown));
  return `${head}  ${content.kind}, dated ${new Date(content.mtime * 1000).toISOString()}\n${entries.join('')}`;
}

function renderEntry({ path, mode, content }: ContainerEntry, shown: Set<string>): string {
  const head = `  ${mode.toString(8).padStart(4, '0')} ${path}`;
  if (content.kind === 'link') return `${head} -> ${content.to}\n`;
  if (content.kind === 'artifact') return `${head} = ${content.id}\n`;
  if (content.kind === 'file') return `${head} = project file ${content.path}\n`;
  return isSource(path) ? `${head}\n       | ${firstLine(content.text)} …\n` : `${head}\n${renderText(content.text, shown)}`;
}

function isSource(path: string): boolean {
  return /\/lib\/[^/]+\.cjs$|\/(_find|__main__|backend)\.py$/.test(path);
}

function firstLine(text: Text): string {
  return String(text[0]).split('\n', 1)[0] ?? '';
}

function renderText(text: Text, shown: Set<string>): string {
  const plain = text.map((part) => (typeof part === 'string' ? part : `<${part.kind === 'digest' ? `${part.kind} ${part.as}` : part.kind} of ${part.of}>`)).join('');
  if (plain === '') return '';
  if (shown.has(plain)) return '       | (the same text as above)\n';
  shown.add(plain);
  return plain.replace(/\n$/, '').split('\n').map((line) => `       | ${line}`.trimEnd()).join('\n') + '\n';
}
