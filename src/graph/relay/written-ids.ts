import { componentPlaces, type ScannedBytes, scopePlaces, type SubjectInBytes } from '../../model/scanned-page.ts';
import { type KnownScopeKind, scopeFieldOf, scopeKinds, unspecifiedRawType } from '../../model/subject.ts';
import type { JsonBytes } from '../../platform/byte-text.ts';

// The ids of `ids.ts` of what stands in bytes, written without being made.

/** `subjectId`, in quotation marks. */
export const writeSubjectId = (subject: SubjectInBytes, out: JsonBytes): void => {
  name.begin('Subject');
  addSubject(subject);
  name.writeTo(out);
};

/** `scopedRoleId`, in quotation marks. */
export const writeScopedRoleId = (subject: SubjectInBytes, role: number, ordinal: number, out: JsonBytes): void => {
  name.begin('ScopedRole');
  addSubject(subject);
  addPart(subject.page, role);
  name.text(String(ordinal));
  name.writeTo(out);
};

/** `scopeId`, in quotation marks. */
export const writeScopeId = (page: ScannedBytes, scope: number, out: JsonBytes): void => {
  const { places } = page;
  const count = places[scope] as number;
  name.begin('Scope');
  for (let component = 0; component < count; component++) {
    const at = scope + scopePlaces + componentPlaces * component;
    name.text(scopeFieldOf(scopeKinds[places[at] as number] as KnownScopeKind));
    addPart(page, at + 1);
  }
  name.writeTo(out);
};

const addSubject = ({ page, start }: SubjectInBytes): void => {
  addPart(page, start);
  if (page.places[start + 2] === page.places[start + 3]) name.text(unspecifiedRawType);
  else addPart(page, start + 2);
};

const addPart = ({ bytes, places }: ScannedBytes, place: number): void => {
  name.part(bytes, places[place] as number, places[place + 1] as number);
};

/** Puts a name together from parts of ASCII, each as in `keyPart`. */
class Name {
  #bytes = new Uint8Array(512);
  #length = 0;

  begin(type: string): void {
    this.#length = 0;
    this.text(type);
  }

  text(part: string): void {
    this.#begin(part.length);
    for (let i = 0; i < part.length; i++) this.#bytes[this.#length++] = part.charCodeAt(i);
  }

  part(source: DataView, start: number, end: number): void {
    this.#begin(end - start);
    for (let at = start; at < end; at++) this.#bytes[this.#length++] = source.getUint8(at);
  }

  writeTo(out: JsonBytes): void {
    out.byte(quotationMark);
    out.base64url(this.#bytes, this.#length);
    out.byte(quotationMark);
    if (this.#bytes.length > 65_536) this.#bytes = new Uint8Array(512);
  }

  #begin(length: number): void {
    const digits = String(length);
    const needed = this.#length + digits.length + 1 + length;
    if (needed > this.#bytes.length) {
      const larger = new Uint8Array(2 * needed);
      larger.set(this.#bytes);
      this.#bytes = larger;
    }
    for (let i = 0; i < digits.length; i++) this.#bytes[this.#length++] = digits.charCodeAt(i);
    this.#bytes[this.#length++] = colon;
  }
}

/** One for all who write, because nothing comes between beginning and writing a name, and the next one is written over it. */
const name = new Name();

const [quotationMark, colon] = [0x22, 0x3a];
