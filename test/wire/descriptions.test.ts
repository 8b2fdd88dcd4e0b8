import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

const folder = new URL('../../schema/', import.meta.url);
const descriptions = readdirSync(folder)
  .filter((file) => file.endsWith('.openapi.yaml'))
  .map((file): [string, unknown] => [file, parse(readFileSync(new URL(file, folder), 'utf8'))]);

type Found = (path: string, value: Record<string, unknown>, parent: string) => void;

const visit = (value: unknown, found: Found, path = '$', parent = ''): void => {
  if (typeof value !== 'object' || value === null) return;
  if (!Array.isArray(value)) found(path, value as Record<string, unknown>, parent);
  const name = path.slice(path.lastIndexOf('.') + 1);
  for (const [key, inner] of Object.entries(value)) visit(inner, found, `${path}.${key}`, name);
};

/** Places in a description whose text is missing. */
const undescribed = (description: unknown): string[] => {
  const places: string[] = [];
  visit(description, (path, value, parent) => {
    const isReference = '$ref' in value;
    const needsText =
      parent === 'properties' || parent === 'responses' || parent === 'parameters' || 'operationId' in value;
    if (needsText && !isReference && typeof value['description'] !== 'string') places.push(path);
    if (parent === 'properties' && isReference && typeof value['description'] !== 'string') places.push(path);
  });
  return places;
};

/** What a `$ref` of the description points at and is not there. */
const dangling = (description: unknown): string[] => {
  const missing: string[] = [];
  visit(description, (path, value) => {
    const target = value['$ref'];
    if (typeof target !== 'string') return;
    let at = description;
    for (const step of target.slice(2).split('/')) at = (at as Record<string, unknown> | undefined)?.[step];
    if (at === undefined) missing.push(`${path}: ${target}`);
  });
  return missing;
};

describe('the descriptions of ESET Connect', () => {
  it('are one a domain', () => {
    expect(descriptions.map(([file]) => file)).toEqual(
      ['devices', 'identity', 'policies', 'users'].map((domain) => `eset-connect.${domain}.openapi.yaml`),
    );
  });

  it.each(descriptions)('%s says what every operation, parameter, response and property is', (_, description) => {
    expect(undescribed(description)).toEqual([]);
    expect(dangling(description)).toEqual([]);
  });

  it.each(descriptions)('%s calls no operation twice the same, and lets each answer 202', (_, description) => {
    const names: unknown[] = [];
    const without202: string[] = [];
    visit(description, (path, value) => {
      if (!('operationId' in value)) return;
      names.push(value['operationId']);
      if (!('202' in (value['responses'] as object))) without202.push(path);
    });
    expect(new Set(names).size).toBe(names.length);
    expect(names.length).toBeGreaterThan(0);
    expect(without202).toEqual([]);
  });

  it('notices what has no text, and what points at nothing', () => {
    const bad = {
      components: { schemas: { A: { properties: { b: { type: 'string' }, c: { $ref: '#/components/schemas/Z' } } } } },
    };
    expect(undescribed(bad)).toEqual(['$.components.schemas.A.properties.b', '$.components.schemas.A.properties.c']);
    expect(dangling(bad)).toEqual(['$.components.schemas.A.properties.c: #/components/schemas/Z']);
  });
});
