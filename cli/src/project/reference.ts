/**
 * The reference page of the configuration, from the same schema that checks it.
 */
import { z } from 'zod';
import { projectConfigSchema } from './schema.ts';

interface JsonSchema {
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly JsonSchema[];
  readonly items?: JsonSchema;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly additionalProperties?: JsonSchema | boolean;
}

export function jsonSchema(): unknown {
  return z.toJSONSchema(projectConfigSchema, { io: 'input' });
}

export function referencePage(): string {
  return `# Configuration

This page is made from the schema (\`make docs\`). The file is \`slipway.config.ts\`, \`.js\`, \`.json\` or \`.yaml\` beside
package.json. **None is needed** for a package whose package.json has a \`bin\`: what is not written comes from there.
In TypeScript, \`export default { … }\`; for completion in an editor, save \`slipway schema\` and point to it.

Every program is compiled with the constant \`SLIPWAY_PRODUCT_VERSION\`, the version being built.

| Setting | Type | |
|---|---|---|
${rows(jsonSchema() as JsonSchema, '').join('\n')}
`;
}

function rows(schema: JsonSchema, prefix: string): readonly string[] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, property]) => {
    if (name.startsWith('$')) return [];
    const path = `${prefix}${name}`;
    const nested = [property, ...(property.anyOf ?? [])].filter((one) => one.properties !== undefined && property.type !== 'array');
    return [`| \`${path}\` | ${typeText(property)} | ${description(property)} |`, ...nested.flatMap((one) => rows(one, `${path}.`))];
  });
}

function description(schema: JsonSchema): string {
  const text = schema.description ?? schema.anyOf?.map((one) => one.description).find((one) => one !== undefined) ?? '';
  const simple = schema.default !== undefined && (typeof schema.default !== 'object' || Object.keys(schema.default ?? {}).length > 0);
  const sentence = text === '' || text.endsWith('.') || !simple ? text : `${text}.`;
  return `${sentence.replaceAll('|', '\\|')}${simple ? ` Default: \`${JSON.stringify(schema.default)}\`` : ''}`.trim();
}

function typeText(schema: JsonSchema): string {
  if (schema.anyOf !== undefined) return [...new Set(schema.anyOf.map(typeText))].join(' or ');
  if (schema.const !== undefined) return `\`${JSON.stringify(schema.const)}\``;
  if (schema.enum !== undefined) return schema.enum.map((value) => `\`${String(value)}\``).join(', ');
  if (schema.type === 'array') return `list of ${typeText(schema.items ?? {})}`;
  if (schema.type === 'object') return typeof schema.additionalProperties === 'object' ? `map to ${typeText(schema.additionalProperties)}` : 'object';
  return schema.type ?? 'any';
}
