import { maxPageTokenLength } from '../../model/contract.ts';
import type { PageToken } from '../../model/page.ts';
import { componentPlaces, type Places, rolePlaces, scopePlaces, subjectPlaces } from '../../model/scanned-page.ts';
import { kindByScopeField, scopeKinds, type Subject } from '../../model/subject.ts';
import type { PageContent } from '../endpoint.ts';
import { bufferPool } from '../../platform/buffer-pool.ts';
import { viewOf } from '../../platform/byte-text.ts';
import { asCount } from '../endpoints/reading.ts';
import { listRoleAssignments } from '../endpoints/role-assignments.ts';
import { areFourPlain, isPlain } from './plain-letters.ts';
import { ScannedPage, ScannedSubject } from './scanned-subject.ts';

/** `listRoleAssignments` for who asks once for what is on a page, or for some of it, and keeps none. */
export const scanRoleAssignments: typeof listRoleAssignments = {
  ...listRoleAssignments,
  scan: (body, release) => scanAssignments(body, release),
};

/** Longer bodies are read in turns, by who reads them all (`transport/parse-json.ts`). */
const maxBytes = 1_048_576;

/**
 * Looks through the body of a page of assignments without making anything of what is in it: finds where each text stands, and checks all that reading it checks. For who
 * asks only for some of it, once. Undefined for a body that is written in any other way than usual (white space, escapes, letters beyond ASCII, fields that are not
 * texts, or that are not known in a scope): whoever parses it tells what it is, or what is wrong with it.
 */
export const scanAssignments = (body: Buffer, release?: () => void): PageContent<Subject> | undefined => {
  if (body.length > maxBytes) return undefined;
  return new Scan(body).content(release);
};

const [quotationMark, colon, comma] = [0x22, 0x3a, 0x2c];
const [openBracket, closeBracket, openBrace, closeBrace] = [0x5b, 0x5d, 0x7b, 0x7d];

/** A field's name as it stands in an object, with what is around it. */
const nameView = (name: string): DataView => viewOf(Buffer.from(`"${name}":`));

const names = {
  assignments: nameView('assignments'),
  nextPageToken: nameView('nextPageToken'),
  totalSize: nameView('totalSize'),
  subjectReference: nameView('subjectReference'),
  subjectType: nameView('subjectType'),
  roles: nameView('roles'),
  roleName: nameView('roleName'),
  scopes: nameView('scopes'),
};

interface ScopeName {
  readonly name: DataView;
  /** The number of its kind. */
  readonly kind: number;
}

/** The documented fields of a scope by the code of their first letter. */
const scopeNames: (readonly ScopeName[])[] = Array.from({ length: 128 }, (_, first) =>
  Object.entries(kindByScopeField)
    .filter(([name]) => name.charCodeAt(0) === first)
    .map(([name, kind]) => ({ name: nameView(name), kind: scopeKinds.indexOf(kind) })),
);

const roomForPlaces = (count: number): Places => {
  const pooled = bufferPool.acquire(count * Int32Array.BYTES_PER_ELEMENT);
  return pooled === undefined ? new Int32Array(count) : new Int32Array(pooled.buffer, 0, count).fill(0);
};

/** One look through one body. What finds something unusual answers false, and so does everything around it. */
class Scan {
  readonly #body: Buffer;
  readonly #view: DataView;
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
    this.#view = viewOf(body);
    this.#places = roomForPlaces(64 + (body.length >> 3));
  }

  content(release: (() => void) | undefined): PageContent<Subject> | undefined {
    const content = this.#content(release);
    if (content?.dispose === undefined) bufferPool.release(this.#places);
    return content;
  }

  #content(release: (() => void) | undefined): PageContent<Subject> | undefined {
    if (!this.#page()) return undefined;
    const { length } = this.#nextPageToken ?? '';
    if (length > maxPageTokenLength) return undefined;
    // What nobody can give back holds no more than it needs.
    const places = release === undefined ? this.#places.slice(0, this.#length) : this.#places.subarray(0, this.#length);
    const page = new ScannedPage(this.#body, places, this.#mostScopes);
    return {
      items: this.#subjects.map((start) => new ScannedSubject(page, start)),
      nextPageToken: length === 0 ? undefined : (this.#nextPageToken as PageToken),
      totalSize: asCount(this.#totalSize),
      dispose:
        release &&
        (() => {
          if (!page.letGo()) return;
          bufferPool.release(places);
          release();
        }),
    };
  }

  #page(): boolean {
    if (!this.#take(openBrace)) return false;
    do {
      if (this.#takeName(names.assignments)) {
        if (this.#hasSubjects || !this.#listSubjects()) return false;
        this.#hasSubjects = true;
      } else if (this.#takeName(names.nextPageToken)) {
        if (this.#nextPageToken !== undefined || !this.#text()) return false;
        this.#nextPageToken = this.#taken();
      } else if (this.#takeName(names.totalSize)) {
        if (this.#totalSize !== undefined || !this.#text()) return false;
        this.#totalSize = this.#taken();
      } else if (!this.#other()) return false;
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
      let field = 0;
      if (this.#takeName(names.subjectReference)) {
        field = 1;
        if (!this.#text()) return false;
        this.#note(start);
      } else if (this.#takeName(names.subjectType)) {
        field = 2;
        if (!this.#text()) return false;
        this.#note(start + 2);
      } else if (this.#takeName(names.roles)) {
        field = 4;
        const count = this.#listRoles();
        if (count < 0) return false;
        this.#places[start + 4] = count;
      } else if (!this.#other()) return false;
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
      let field = 0;
      if (this.#takeName(names.roleName)) {
        field = 1;
        if (!this.#text()) return false;
        this.#note(start);
      } else if (this.#takeName(names.scopes)) {
        field = 2;
        const count = this.#listScopes();
        if (count < 0) return false;
        this.#places[start + 2] = count;
      } else if (!this.#other()) return false;
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

  /** Takes the name of a field of a scope: the number of its kind; less than 0 where it is not documented. */
  #kind(): number {
    const known = scopeNames[this.#body[this.#at + 1] as number];
    if (known === undefined) return -1;
    for (let i = 0; i < known.length; i++) {
      const { name, kind } = known[i] as ScopeName;
      if (this.#takeName(name)) return kind;
    }
    return -1;
  }

  /** Makes room for places, which are 0. */
  #make(count: number): number {
    const start = this.#length;
    this.#length = start + count;
    if (this.#length > this.#places.length) {
      const larger = roomForPlaces(2 * this.#length);
      larger.set(this.#places);
      bufferPool.release(this.#places);
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

  /** Takes a name, of eight characters or more, if it comes next. Eight at a time, as a number: none of these is one that equals what is not the same (0, NaN). */
  #takeName(name: DataView): boolean {
    const view = this.#view;
    const at = this.#at;
    const last = name.byteLength - 8;
    if (at + name.byteLength > view.byteLength) return false;
    if (view.getFloat64(at + last, true) !== name.getFloat64(last, true)) return false;
    for (let i = 0; i < last; i += 8) if (view.getFloat64(at + i, true) !== name.getFloat64(i, true)) return false;
    this.#at = at + name.byteLength;
    return true;
  }

  /** A field that nobody asks for. */
  #other(): boolean {
    return this.#text() && this.#take(colon) && this.#text();
  }

  /** A text whose bytes are its letters. */
  #text(): boolean {
    if (!this.#take(quotationMark)) return false;
    const from = this.#at;
    let at = from;
    const view = this.#view;
    for (const end = view.byteLength - 4; at <= end && areFourPlain(view.getInt32(at));) at += 4;
    const body = this.#body;
    while (at < body.length && isPlain[body[at] as number] === 1) at++;
    this.#from = from;
    this.#to = at;
    this.#at = at;
    return this.#take(quotationMark);
  }

  #taken(): string {
    return this.#body.toString('latin1', this.#from, this.#to);
  }
}
