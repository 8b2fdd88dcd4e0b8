import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import type { Domain } from '../../src/sandbox/core/domain.ts';
import { resolve, violations, type Schema } from './json-schema.ts';

/** An answer as far as a description has something to say about it. */
export interface DescribedAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** One of the descriptions of ESET Connect. */
export interface Description {
  readonly document: unknown;
  /** What stands at a path and method. Throws where nothing does. */
  readonly operation: (method: string, path: string) => Schema;
  /** Everything about an answer that the description does not allow. */
  readonly breaches: (operation: Schema, answer: DescribedAnswer) => string[];
  /** What a reference points at; everything else as it is. */
  readonly follow: (schema: Schema) => Schema;
}

/** Reads the description of a domain. */
export const readDescription = (domain: Domain): Description => {
  const document: unknown = parse(
    readFileSync(new URL(`../../schema/eset-connect.${domain}.openapi.yaml`, import.meta.url), 'utf8'),
  );
  const follow = (schema: Schema): Schema =>
    typeof schema['$ref'] === 'string' ? resolve(document, schema['$ref']) : schema;
  return {
    document,
    follow,
    operation(method, path) {
      const { paths } = document as { readonly paths: Readonly<Record<string, Readonly<Record<string, Schema>>>> };
      const operation = paths[path]?.[method];
      if (operation === undefined) throw new Error(`${method} ${path} is not described`);
      return operation;
    },
    breaches(operation, answer) {
      const responses = operation['responses'] as Record<string, Schema>;
      const response = responses[String(answer.status)];
      if (response === undefined) return [`status ${answer.status} is not described`];
      const { headers = {}, content } = follow(response) as {
        headers?: Record<string, Schema>;
        content?: Record<string, { schema: Schema }>;
      };
      const found = Object.entries(headers).flatMap(([name, reference]) => {
        const header = follow(reference) as { required?: boolean; schema: Schema };
        const text = answer.headers.get(name);
        if (text === null) return header.required === true ? [`header ${name} is missing`] : [];
        const value = header.schema['type'] === 'integer' ? Number(text) : text;
        return violations(value, header.schema, document, `$header.${name}`);
      });
      if (!answer.headers.has('request-id')) found.push('there is no request-id');
      if (content === undefined) return answer.text === '' ? found : [...found, 'there is a body'];
      const media = content[answer.headers.get('content-type') ?? ''];
      if (media === undefined) return [...found, 'the content type is not described'];
      return [...found, ...violations(JSON.parse(answer.text), media.schema, document)];
    },
  };
};
