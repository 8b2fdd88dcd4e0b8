import type { ScopeMatcher } from '../../assignments/assignments.ts';
import type { Scope } from '../../model/subject.ts';
import { pause, Pauses } from '../../platform/pause.ts';
import { partOf } from './scope-keys.ts';

/** Numbers for scopes, in the order in which they were met. Scopes that have the same components have one number. */
export class ScopeNumbers {
  readonly scopes: Scope[] = [];
  // By field and uuid as they are: a key written for each of a hundred thousand devices would take more room than all the rest.
  readonly #single = new Map<string, Map<string, number>>();
  readonly #composite = new Map<string, number>();
  /** Composite scopes by each of their components. */
  readonly #naming = new Map<string, number[]>();

  numberOf(scope: Scope): number {
    const [component] = scope.components;
    if (component === undefined || scope.components.length > 1) return this.#numberOfComposite(scope);
    let byUuid = this.#single.get(component.field);
    if (byUuid === undefined) this.#single.set(component.field, (byUuid = new Map()));
    let number = byUuid.get(component.uuid);
    if (number === undefined) byUuid.set(component.uuid, (number = this.scopes.push(scope) - 1));
    return number;
  }

  /** Those that have all of these components; of a matcher without any the scope without any. */
  naming(matcher: ScopeMatcher): readonly number[] {
    const [first] = matcher;
    if (first === undefined) return numbers(this.#composite.get(''));
    const single = new Set(matcher.map(partOf)).size === 1 ? this.#single.get(first.field)?.get(first.uuid) : undefined;
    const composite = (this.#naming.get(partOf(first)) ?? []).filter((number) =>
      matcher.every(({ field, uuid }) =>
        this.scopes[number]?.components.some((component) => component.field === field && component.uuid === uuid),
      ),
    );
    return [...numbers(single), ...composite];
  }

  /** Gives every scope another number: `places[number]`. */
  async renumber(places: Int32Array): Promise<void> {
    const scopes = [...this.scopes];
    scopes.forEach((scope, number) => (this.scopes[places[number] as number] = scope));
    const pauses = new Pauses(10_000);
    for (const map of [...this.#single.values(), this.#composite]) {
      for (const [key, number] of map) {
        map.set(key, places[number] as number);
        if (pauses.isDue(1)) await pause();
      }
    }
    for (const [key, list] of this.#naming)
      this.#naming.set(
        key,
        list.map((number) => places[number] as number).sort((one, other) => one - other),
      );
  }

  #numberOfComposite(scope: Scope): number {
    const parts = [...new Set(scope.components.map(partOf))].sort();
    if (parts.length === 1) {
      // The same component twice is that component.
      const [component] = scope.components;
      return this.numberOf({ ...scope, components: component === undefined ? [] : [component] });
    }
    const key = parts.join('');
    const known = this.#composite.get(key);
    if (known !== undefined) return known;
    const number = this.scopes.push(scope) - 1;
    this.#composite.set(key, number);
    for (const part of parts) {
      const naming = this.#naming.get(part);
      if (naming === undefined) this.#naming.set(part, [number]);
      else naming.push(number);
    }
    return number;
  }
}

const numbers = (number: number | undefined): readonly number[] => (number === undefined ? [] : [number]);
