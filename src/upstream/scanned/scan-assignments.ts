import { maxPageTokenLength } from '../../model/contract.ts';
import type { PageToken } from '../../model/page.ts';
import { kindByScopeField, scopeKinds, type Subject } from '../../model/subject.ts';
import type { PageContent } from '../endpoint.ts';
import { asCount } from '../endpoints/reading.ts';
import { listRoleAssignments } from '../endpoints/role-assignments.ts';
import {
  componentPlaces,
  type Places,
  rolePlaces,
  ScannedPage,
  ScannedSubject,
  scopePlaces,
  subjectPlaces,
} from './scanned-subject.ts';

/** `listRoleAssignments` for who asks once for what is on a page, or for some of it, and keeps none. */
export const scanRoleAssignments: typeof listRoleAssignments = {
  ...listRoleAssignments,
  scan: (body) => scanAssignments(body),
};

/** Longer bodies are read in turns, by who reads them all (`transport/parse-json.ts`). */
const maxBytes = 1_048_576;

/**
 * Looks through the body of a page of assignments without making anything of what is in it: finds where each text stands, and checks all that reading it checks. For who
 * asks only for some of it, once. Undefined for a body that is written in any other way than usual (white space, escapes, letters beyond ASCII, fields that are not
 * texts, or that are not known in a scope): whoever parses it tells what it is, or what is wrong with it.
 */
export const scanAssignments = (body: Buffer): PageContent<Subject> | undefined => {
  if (body.length > maxBytes) return undefined;
  return new Scan(body).content();
};

const codesOf = (text: string): Uint8Array => Buffer.from(text, 'latin1');

const [quotationMark, backslash, colon, comma] = [0x22, 0x5c, 0x3a, 0x2c];
const [openBracket, closeBracket, openBrace, closeBrace] = [0x5b, 0x5d, 0x7b, 0x7d];
const [firstPlain, lastPlain] = [0x20, 0x7e];

const fields = {
  assignments: codesOf('assignments'),
  nextPageToken: codesOf('nextPageToken'),
  totalSize: codesOf('totalSize'),
  subjectReference: codesOf('subjectReference'),
  subjectType: codesOf('subjectType'),
  roles: codesOf('roles'),
  roleName: codesOf('roleName'),
  scopes: codesOf('scopes'),
};

/** The documented fields of a scope by their length, each with the number of its kind. */
const scopeFields: (readonly { readonly codes: Uint8Array; readonly kind: number }[] | undefined)[] = [];
for (const [field, kind] of Object.entries(kindByScopeField)) {
  scopeFields[field.length] = [
    ...(scopeFields[field.length] ?? []),
    { codes: codesOf(field), kind: scopeKinds.indexOf(kind) },
  ];
}

/** One look through one body. What finds something unusual answers false, and so does everything around it. */
class Scan {
  readonly #body: Buffer;
  #at = 0;
  /** Where the text that was looked at last begins and ends. */
  #from = 0;
  #to = 0;
  #places: Places;
  /** Of the places, how many there are. */
  #length = 0;
  /** Where the places of each subject begin. */
  readonly #subjects: number[] = [];
  #hasSubjects = false;
  #nextPageToken: string | undefined;
  #totalSize: string | undefined;
  #mostScopes = 0;

  constructor(body: Buffer) {
    this.#body = body;
    this.#places = new Int32Array(64 + (body.length >> 3));
  }

  content(): PageContent<Subject> | undefined {
    if (!this.#page()) return undefined;
    const { length } = this.#nextPageToken ?? '';
    if (length > maxPageTokenLength) return undefined;
    const page = new ScannedPage(this.#body, this.#places.slice(0, this.#length), this.#mostScopes);
    return {
      items: this.#subjects.map((start) => new ScannedSubject(page, start)),
      nextPageToken: length === 0 ? undefined : (this.#nextPageToken as PageToken),
      totalSize: asCount(this.#totalSize),
    };
  }

  #page(): boolean {
    if (!this.#take(openBrace)) return false;
    do {
      if (!this.#name()) return false;
      if (this.#is(fields.assignments)) {
        if (this.#hasSubjects || !this.#listSubjects()) return false;
        this.#hasSubjects = true;
      } else if (this.#is(fields.nextPageToken)) {
        if (this.#nextPageToken !== undefined || !this.#text()) return false;
        this.#nextPageToken = this.#taken();
      } else if (this.#is(fields.totalSize)) {
        if (this.#totalSize !== undefined || !this.#text()) return false;
        this.#totalSize = this.#taken();
      } else if (!this.#text()) return false;
    } while (this.#take(comma));
    return this.#take(closeBrace) && this.#at === this.#body.length && this.#hasSubjects;
  }

  #listSubjects(): boolean {
    if (!this.#take(openBracket)) return false;
    if (this.#take(closeBracket)) return true;
    do {
      this.#subjects.push(this.#length);
      if (!this.#subject()) return false;
    } while (this.#take(comma));
    return this.#take(closeBracket);
  }

  #subject(): boolean {
    if (!this.#take(openBrace)) return false;
    const start = this.#make(subjectPlaces);
    if (this.#take(closeBrace)) return true;
    let found = 0;
    do {
      if (!this.#name()) return false;
      let field = 0;
      if (this.#is(fields.subjectReference)) {
        field = 1;
        if (!this.#text()) return false;
        this.#note(start);
      } else if (this.#is(fields.subjectType)) {
        field = 2;
        if (!this.#text()) return false;
        this.#note(start + 2);
      } else if (this.#is(fields.roles)) {
        field = 4;
        const count = this.#listRoles();
        if (count < 0) return false;
        this.#places[start + 4] = count;
      } else if (!this.#text()) return false;
      // Of two fields of one name the last one counts, which whoever parses them knows.
      if ((found & field) !== 0) return false;
      found |= field;
    } while (this.#take(comma));
    return this.#take(closeBrace);
  }

  /** How many there are; less than 0 where something is unusual. */
  #listRoles(): number {
    if (!this.#take(openBracket)) return -1;
    if (this.#take(closeBracket)) return 0;
    let count = 0;
    do {
      if (!this.#role()) return -1;
      count++;
    } while (this.#take(comma));
    return this.#take(closeBracket) ? count : -1;
  }

  #role(): boolean {
    if (!this.#take(openBrace)) return false;
    const start = this.#make(rolePlaces);
    if (this.#take(closeBrace)) return true;
    let found = 0;
    do {
      if (!this.#name()) return false;
      let field = 0;
      if (this.#is(fields.roleName)) {
        field = 1;
        if (!this.#text()) return false;
        this.#note(start);
      } else if (this.#is(fields.scopes)) {
        field = 2;
        const count = this.#listScopes();
        if (count < 0) return false;
        this.#places[start + 2] = count;
      } else if (!this.#text()) return false;
      if ((found & field) !== 0) return false;
      found |= field;
    } while (this.#take(comma));
    return this.#take(closeBrace);
  }

  #listScopes(): number {
    if (!this.#take(openBracket)) return -1;
    if (this.#take(closeBracket)) return 0;
    let count = 0;
    do {
      if (!this.#scope()) return -1;
      count++;
    } while (this.#take(comma));
    if (count > this.#mostScopes) this.#mostScopes = count;
    return this.#take(closeBracket) ? count : -1;
  }

  #scope(): boolean {
    if (!this.#take(openBrace)) return false;
    const start = this.#make(scopePlaces);
    if (this.#take(closeBrace)) return true;
    let found = 0;
    let narrowest = Infinity;
    do {
      if (!this.#name()) return false;
      const kind = this.#kind();
      if (kind < 0 || (found & (1 << kind)) !== 0 || !this.#text()) return false;
      found |= 1 << kind;
      // What names nothing is left out.
      if (this.#from === this.#to) continue;
      const component = this.#make(componentPlaces);
      this.#places[component] = kind;
      this.#note(component + 1);
      this.#places[start] = (this.#places[start] as number) + 1;
      if (kind >= narrowest) continue;
      narrowest = kind;
      this.#places[start + 1] = component;
    } while (this.#take(comma));
    return this.#take(closeBrace);
  }

  /** The number of the kind that the field stands for whose name was looked at last; less than 0 where it is not documented. */
  #kind(): number {
    for (const { codes, kind } of scopeFields[this.#to - this.#from] ?? []) if (this.#is(codes)) return kind;
    return -1;
  }

  /** Makes room for places, which are 0. */
  #make(count: number): number {
    const start = this.#length;
    this.#length = start + count;
    if (this.#length > this.#places.length) {
      const larger = new Int32Array(2 * this.#length);
      larger.set(this.#places);
      this.#places = larger;
    }
    return start;
  }

  #note(place: number): void {
    this.#places[place] = this.#from;
    this.#places[place + 1] = this.#to;
  }

  #take(code: number): boolean {
    if (this.#body[this.#at] !== code) return false;
    this.#at++;
    return true;
  }

  #name(): boolean {
    return this.#text() && this.#take(colon);
  }

  /** A text whose bytes are its letters. */
  #text(): boolean {
    const body = this.#body;
    let at = this.#at;
    if (body[at] !== quotationMark) return false;
    const from = ++at;
    for (; at < body.length; at++) {
      const code = body[at] as number;
      if (code === quotationMark) {
        this.#from = from;
        this.#to = at;
        this.#at = at + 1;
        return true;
      }
      if (code < firstPlain || code > lastPlain || code === backslash) return false;
    }
    return false;
  }

  #is(codes: Uint8Array): boolean {
    const from = this.#from;
    if (this.#to - from !== codes.length) return false;
    for (let i = 0; i < codes.length; i++) if (this.#body[from + i] !== codes[i]) return false;
    return true;
  }

  #taken(): string {
    return this.#body.toString('latin1', this.#from, this.#to);
  }
}
