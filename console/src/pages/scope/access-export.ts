import { type ExportParameters, exportScope } from '../../shared/export-button.tsx';

interface Place {
  readonly kind: string;
  readonly uuid: string;
}

/**
 * Who has access at a place, as `/export` is asked for it: the grants that list the place or one around it, those that hold everywhere, and the
 * members of groups that hold one. `way` is what the page is narrowed to.
 * Undefined where nothing can be in it.
 */
export const accessExport = (
  scope: Place,
  ancestors: readonly Place[],
  way: string | undefined,
): ExportParameters | undefined => {
  const withMembers = ['effective', 'true'] as const;
  switch (way) {
    case 'DIRECT':
      return [withMembers, exportScope(scope)];
    case 'INHERITED':
      return ancestors.length === 0 ? undefined : [withMembers, ...ancestors.map(exportScope)];
    case 'GLOBAL':
      return [withMembers, ['everywhere', 'true']];
    default:
      return [withMembers, ...[scope, ...ancestors].map(exportScope), ['includeGlobal', 'true']];
  }
};
