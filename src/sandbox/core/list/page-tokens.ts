import { createHash, createHmac } from 'node:crypto';

/** Where in a list a page begins. */
export interface PageStart {
  readonly offset: number;
  /** How many pages came before, so that the tokens of pages without progress differ. */
  readonly step: number;
}

/** Makes and reads page tokens. */
export interface PageTokens {
  issue(start: PageStart, question: string, nowMs: number): string;
  /** Where the page begins, or a sentence that says why the token is refused. */
  read(token: string, question: string, lifetimeMs: number, nowMs: number): PageStart | string;
}

const version = 1;
const sizes = { version: 1, issuedAt: 6, offset: 4, step: 4, question: 8, mac: 8 };
const signedBytes = sizes.version + sizes.issuedAt + sizes.offset + sizes.step + sizes.question;

/** Tokens hold everything themselves, so that they outlive a restart with the same world. */
export const createPageTokens = (key: Buffer): PageTokens => {
  const fingerprint = (question: string): Buffer =>
    createHash('sha256').update(question).digest().subarray(0, sizes.question);
  const mac = (signed: Buffer): Buffer => createHmac('sha256', key).update(signed).digest().subarray(0, sizes.mac);

  return {
    issue({ offset, step }, question, nowMs) {
      const signed = Buffer.alloc(signedBytes);
      let at = signed.writeUInt8(version);
      at = signed.writeUIntBE(nowMs, at, sizes.issuedAt);
      at = signed.writeUInt32BE(offset, at);
      at = signed.writeUInt32BE(step, at);
      fingerprint(question).copy(signed, at);
      return Buffer.concat([signed, mac(signed)]).toString('base64url');
    },
    read(token, question, lifetimeMs, nowMs) {
      const bytes = Buffer.from(token, 'base64url');
      const signed = bytes.subarray(0, signedBytes);
      const isWhole =
        bytes.length === signedBytes + sizes.mac &&
        bytes.toString('base64url') === token &&
        mac(signed).equals(bytes.subarray(signedBytes));
      if (!isWhole) return 'page_token is not a token of this service';
      if (!fingerprint(question).equals(signed.subarray(signedBytes - sizes.question))) {
        return 'page_token belongs to a request with other arguments';
      }
      if (nowMs - signed.readUIntBE(sizes.version, sizes.issuedAt) >= lifetimeMs) return 'page_token has expired';
      const at = sizes.version + sizes.issuedAt;
      return { offset: signed.readUInt32BE(at), step: signed.readUInt32BE(at + sizes.offset) };
    },
  };
};
