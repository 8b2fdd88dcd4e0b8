import {
  MaxIntrospectionDepthRule,
  NoSchemaIntrospectionCustomRule,
  OverlappingFieldsCanBeMergedRule,
  specifiedRules,
  type ValidationRule,
} from 'graphql';
import { overlappingFieldsRule } from './overlapping-fields.ts';

// Introspection is counted as it is answered, like everything else: how deep it goes is nobody's concern. Overlapping fields have a rule of our own.
const usual = [
  ...specifiedRules.filter((rule) => rule !== MaxIntrospectionDepthRule && rule !== OverlappingFieldsCanBeMergedRule),
  overlappingFieldsRule,
];

/** Every rule that a document has to keep. */
export const rulesFor = (introspection: boolean): readonly ValidationRule[] =>
  introspection ? usual : [...usual, NoSchemaIntrospectionCustomRule];
