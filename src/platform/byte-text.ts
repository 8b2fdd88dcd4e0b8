/**
 * A text that is cheaper to write than to make: whoever writes bytes has it write itself, everyone else takes it for the text it is. For fields of
 * which one answer has thousands.
 */
export interface WrittenText {
  /** The text. GraphQL's String and ID serialize an object as this. */
  valueOf(): string;
  /** Writes it: only characters that stand for themselves in JSON. */
  writeTo(out: TextWriter): void;
}

/** The same as a text to the compiler, which it is to whoever serializes a field: the one place where this is taken on trust. */
export const asText = (text: WrittenText): string => text as unknown as string;

/** Takes a text in pieces. */
export interface TextWriter {
  /** ASCII without quotation mark, backslash and controls. */
  plain(text: string): void;
  /** 32 bits as base64url: six characters. */
  word(bits: number): void;
}

/** Bytes of which parts are copied: as a view, which takes eight at a time. */
export const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.length);

/** Takes JSON in pieces, bytes among them. */
export interface JsonBytes extends TextWriter {
  /** One character of JSON's own. */
  byte(code: number): void;
  /** ASCII. */
  piece(given: DataView): void;
  /** The bytes between two places, which are ASCII. */
  part(source: DataView, start: number, end: number): void;
  /** A text, in quotation marks. */
  text(text: string): void;
  /** The first bytes of something, as base64url without padding. */
  base64url(source: Uint8Array, length: number): void;
}

/** Writes a value of a thing, and answers how many objects of GraphQL's that were. Undefined, and nothing is written: this thing cannot be written so. */
export type WriteDirectly = (thing: unknown, out: JsonBytes) => number | undefined;

/** RFC 4648's alphabet for URLs. */
export const base64url = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** What is written, as a text. */
export const textOf = (write: (out: TextWriter) => void): string => {
  let text = '';
  write({
    plain: (piece) => {
      text += piece;
    },
    word: (bits) => {
      for (let shift = 26; shift >= 2; shift -= 6) text += base64url[(bits >>> shift) & 63];
      text += base64url[(bits << 4) & 63];
    },
  });
  return text;
};

/** Whether a field's value writes itself. */
export const isWrittenText = (value: unknown): value is WrittenText =>
  typeof value === 'object' && value !== null && typeof (value as Partial<WrittenText>).writeTo === 'function';
