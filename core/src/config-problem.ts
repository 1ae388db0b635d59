/**
 * What is wrong with a configuration, all of it at once: each problem with its path in the file, what was found, what
 * is allowed and the nearest match.
 */
import { z } from 'zod';
import { SlipwayError } from './error.ts';
import { didYouMean } from './nearest.ts';

export interface ConfigProblem {
  /** `wrappers.npm.scope`; empty for the file as a whole. */
  readonly path: string;
  readonly message: string;
}

/** Check data against a schema; problems instead of a value when it does not hold. */
export function checkData<Schema extends z.ZodType>(schema: Schema, data: unknown): { readonly value: z.output<Schema> } | { readonly problems: readonly ConfigProblem[] } {
  const result = schema.safeParse(data);
  if (result.success) return { value: result.data };
  return { problems: result.error.issues.flatMap((issue) => describe(issue, data, schema)) };
}

/** One error for all problems of a file. */
export function configError(file: string, problems: readonly ConfigProblem[]): SlipwayError<'CONFIG_INVALID'> {
  const lines = problems.map(({ path, message }) => `  ${path === '' ? '' : `${path}: `}${message}`);
  const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`;
  return new SlipwayError('CONFIG_INVALID', `${file} has ${count}:\n${lines.join('\n')}`, {
    hint: 'Every setting is described in docs/configuration.md.',
  });
}

type Issue = z.core.$ZodIssue;

function describe(issue: Issue, data: unknown, schema: z.ZodType): readonly ConfigProblem[] {
  const path = pathText(issue.path);
  switch (issue.code) {
    case 'unrecognized_keys': {
      const known = keysAt(schema, issue.path);
      return issue.keys.map((key) => ({
        path: pathText([...issue.path, key]),
        message: `is not a setting.${didYouMean(key, known)} Known here: ${known.join(', ')}`,
      }));
    }
    case 'invalid_value': {
      const found = valueAt(data, issue.path);
      const allowed = issue.values.map(String);
      return [{ path, message: `found ${show(found)}, allowed: ${allowed.join(', ')}.${typeof found === 'string' ? didYouMean(found, allowed) : ''}` }];
    }
    case 'invalid_union': {
      const nested = deepest(issue.errors);
      if (nested.length > 0) return nested.flatMap((inner) => describe({ ...inner, path: [...issue.path, ...inner.path] } as Issue, data, schema));
      return [{ path, message: `found ${show(valueAt(data, issue.path))}: ${issue.message}` }];
    }
    default:
      return [{ path, message: `found ${show(valueAt(data, issue.path))}: ${issue.message}` }];
  }
}

/** Of a union's branches, the one that got furthest into the value: its problems are what the writer meant. */
function deepest(branches: readonly (readonly Issue[])[]): readonly Issue[] {
  return branches.find((issues) => issues.every((issue) => issue.path.length > 0 || issue.code === 'unrecognized_keys')) ?? [];
}

function pathText(path: readonly PropertyKey[]): string {
  return path.map((part, index) => (typeof part === 'number' ? `[${part}]` : `${index === 0 ? '' : '.'}${String(part)}`)).join('');
}

function valueAt(data: unknown, path: readonly PropertyKey[]): unknown {
  let value = data;
  for (const key of path) value = typeof value === 'object' && value !== null ? (value as Record<PropertyKey, unknown>)[key] : undefined;
  return value;
}

function show(value: unknown): string {
  if (value === undefined) return 'nothing';
  const text = JSON.stringify(value) ?? typeof value;
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}

/** The settings that an object schema knows at a path; unions and defaults are looked through. */
function keysAt(schema: z.ZodType, path: readonly PropertyKey[]): readonly string[] {
  let candidates: readonly z.core.$ZodType[] = [schema];
  for (const key of path) {
    candidates = candidates.flatMap(unwrap).flatMap((one) => {
      if (one instanceof z.ZodObject) return key in one.shape ? [one.shape[key as string] as z.core.$ZodType] : [];
      if (one instanceof z.ZodArray) return [one.element];
      if (one instanceof z.ZodRecord) return [one.valueType];
      return [];
    });
  }
  return candidates.flatMap(unwrap).flatMap((one) => (one instanceof z.ZodObject ? Object.keys(one.shape) : []));
}

function unwrap(schema: z.core.$ZodType): readonly z.core.$ZodType[] {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault) return unwrap(schema.def.innerType);
  if (schema instanceof z.ZodUnion) return schema.options.flatMap(unwrap);
  return [schema];
}
