import { GatewayError } from '../model/errors.ts';
import { readFilter } from '../review/read-filter.ts';
import { type ReviewFormat, reviewFormats, type ReviewRequest } from '../review/review-request.ts';

const single = [
  'format',
  'type',
  'role',
  'includeGlobal',
  'everywhere',
  'text',
  'names',
  'effective',
  'raw',
  'asOf',
] as const;

/**
 * An export as the query of an address asks for it: the flags of the command, in camel case, and what lists of subjects can be narrowed to beside them
 * (`everywhere`, `text`). `scope` may come several times. Throws `BAD_USER_INPUT`.
 */
export const readExportQuery = (
  search: string,
): { readonly wanted: Omit<ReviewRequest, 'asOf'>; readonly withAsOf: boolean } => {
  const query = new URLSearchParams(search);
  for (const name of query.keys()) {
    if (name === 'scope') continue;
    if (!(single as readonly string[]).includes(name)) {
      throw refusal(`The export has no parameter ${JSON.stringify(name)}: it has ${single.join(', ')} and scope.`);
    }
    if (query.getAll(name).length > 1) throw refusal(`The parameter ${name} is there twice. Send one.`);
  }
  const format = query.get('format') ?? 'csv';
  if (!isFormat(format)) throw refusal(`The format must be ${reviewFormats.join(' or ')}.`);
  const isOn = (name: (typeof single)[number], usual: boolean): boolean => readSwitch(query.get(name), name, usual);
  const effective = isOn('effective', false);
  if (effective && format !== 'csv')
    throw refusal('Rows for members (effective) are made for csv alone: leave it out.');
  return {
    wanted: {
      format,
      filter: readFilter({
        type: query.get('type') ?? undefined,
        role: query.get('role') ?? undefined,
        scopes: query.getAll('scope'),
        includeGlobal: isOn('includeGlobal', false),
        everywhere: isOn('everywhere', false),
        text: query.get('text') ?? undefined,
      }),
      names: isOn('names', true),
      effective,
      raw: isOn('raw', false),
    },
    withAsOf: isOn('asOf', true),
  };
};

const isFormat = (format: string): format is ReviewFormat => (reviewFormats as readonly string[]).includes(format);

const readSwitch = (text: string | null, name: string, usual: boolean): boolean => {
  if (text === null) return usual;
  if (text === 'true') return true;
  if (text === 'false') return false;
  throw refusal(`The parameter ${name} must be true or false.`);
};

const refusal = (message: string): GatewayError => new GatewayError('BAD_USER_INPUT', message);
