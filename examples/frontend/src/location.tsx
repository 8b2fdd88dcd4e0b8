import { type ReactNode, useMemo, useSyncExternalStore } from 'react';
import type { SubjectType } from './__generated__/subjectsViewQuery.graphql.ts';

/** The fields by which a scope can be named, and what people call them. */
export const scopeFields = {
  customerUuid: 'Customer',
  siteUuid: 'Site',
  assetGroupUuid: 'Asset group',
  tenantUuid: 'Tenant',
  mspUuid: 'MSP',
  subscriptionUuid: 'Subscription',
  policyUuid: 'Policy',
  deviceUuid: 'Device',
  userUuid: 'User',
} as const;

export type ScopeField = keyof typeof scopeFields;

/** Which subjects the list shows. */
export interface Filter {
  readonly type?: SubjectType;
  readonly roleName?: string;
  readonly scope?: { readonly field: ScopeField; readonly uuid: string };
}

/** What is shown. It is all in the address, so that every view can be linked to, reloaded and gone back from. */
export type View =
  | { readonly name: 'subjects'; readonly filter: Filter }
  | { readonly name: 'subject' | 'role'; readonly id: string }
  /** `everywhere`: also those whose role holds everywhere. */
  | { readonly name: 'scope'; readonly id: string; readonly everywhere?: boolean };

export const useView = (): View => {
  const search = useSyncExternalStore(subscribe, () => location.search);
  return useMemo(() => viewOf(new URLSearchParams(search)), [search]);
};

/** Goes to a view. `replace` leaves no trace of the current one in the history. */
export const show = (view: View, options: { readonly replace?: boolean } = {}): void => {
  history[options.replace === true ? 'replaceState' : 'pushState'](null, '', addressOf(view));
  dispatchEvent(new PopStateEvent('popstate'));
  if (options.replace !== true) scrollTo(0, 0);
};

interface LinkProps {
  readonly to: View;
  readonly className?: string;
  readonly children: ReactNode;
}

/** A real link, so that it can be opened in another tab, copied and followed with the keyboard. */
export const Link = ({ to, className, children }: LinkProps) => (
  <a
    href={addressOf(to)}
    className={className}
    onClick={(event) => {
      if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
      event.preventDefault();
      show(to);
    }}
  >
    {children}
  </a>
);

const viewOf = (params: URLSearchParams): View => {
  for (const name of ['subject', 'scope', 'role'] as const) {
    const id = params.get(name);
    if (id !== null) return name === 'scope' ? { name, id, everywhere: params.has('everywhere') } : { name, id };
  }
  const [type, roleName, uuid] = [params.get('type'), params.get('holds'), params.get('uuid')];
  const field = params.get('at');
  return {
    name: 'subjects',
    filter: {
      ...(type ? { type: type as SubjectType } : {}),
      ...(roleName ? { roleName } : {}),
      ...(uuid && field !== null && Object.hasOwn(scopeFields, field)
        ? { scope: { field: field as ScopeField, uuid } }
        : {}),
    },
  };
};

const addressOf = (view: View): string => {
  const params = new URLSearchParams();
  if (view.name === 'subjects') {
    const { type, roleName, scope } = view.filter;
    if (type !== undefined) params.set('type', type);
    if (roleName !== undefined) params.set('holds', roleName);
    if (scope !== undefined) {
      params.set('at', scope.field);
      params.set('uuid', scope.uuid);
    }
  } else {
    params.set(view.name, view.id);
    if (view.name === 'scope' && view.everywhere === true) params.set('everywhere', '');
  }
  return `?${params.toString()}`;
};

const subscribe = (listener: () => void): (() => void) => {
  addEventListener('popstate', listener);
  return () => removeEventListener('popstate', listener);
};
