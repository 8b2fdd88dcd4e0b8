import {
  MaxIntrospectionDepthRule,
  NoSchemaIntrospectionCustomRule,
  specifiedRules,
  type ValidationRule,
} from 'graphql';

// Introspection is counted as it is answered, like everything else: how deep it goes is nobody's concern.
const usual = specifiedRules.filter((rule) => rule !== MaxIntrospectionDepthRule);

/** Every rule that a document has to keep. */
export const rulesFor = (introspection: boolean): readonly ValidationRule[] =>
  introspection ? usual : [...usual, NoSchemaIntrospectionCustomRule];
