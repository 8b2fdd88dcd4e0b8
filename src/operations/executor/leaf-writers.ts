import { GraphQLBoolean, type GraphQLLeafType, isEnumType } from 'graphql';
import { isWrittenText } from '../../platform/byte-text.ts';
import type { JsonWriter } from './json-writer.ts';

/** Writes a leaf; false where its type cannot serialize it. Throws what the type throws. */
export type WriteLeaf = (value: unknown, out: JsonWriter) => boolean;

const textTypes: readonly string[] = ['String', 'ID'];
const trueBytes = Buffer.from('true');
const falseBytes = Buffer.from('false');

/** Asks the type, as GraphQL does. */
const writeBySerializing =
  (type: GraphQLLeafType): WriteLeaf =>
  (value, out) => {
    const serialized: unknown = type.serialize(value);
    if (serialized === undefined || serialized === null) return false;
    if (typeof serialized === 'string') out.text(serialized);
    else out.json(JSON.stringify(serialized));
    return true;
  };

/** Texts, switches and known values of enums, which are most of every answer, need no asking; everything else asks its type. */
export const writerOf = (type: GraphQLLeafType): WriteLeaf => {
  const write = writeBySerializing(type);
  if (isEnumType(type)) {
    const known = new Map(type.getValues().map(({ value, name }) => [value as unknown, Buffer.from(`"${name}"`)]));
    return (value, out) => {
      const bytes = known.get(value);
      if (bytes === undefined) return write(value, out);
      out.bytes(bytes);
      return true;
    };
  }
  if (type === GraphQLBoolean) {
    return (value, out) => {
      if (typeof value !== 'boolean') return write(value, out);
      out.bytes(value ? trueBytes : falseBytes);
      return true;
    };
  }
  if (!textTypes.includes(type.name)) return write;
  return (value, out) => {
    if (typeof value === 'string') out.text(value);
    else if (isWrittenText(value)) out.writtenText(value);
    else return write(value, out);
    return true;
  };
};
