import { createTheme, type CSSVariablesResolver, type MantineColorsTuple } from '@mantine/core';

/** A calm teal: the one accent. Meaning is never carried by colour alone. */
const teal: MantineColorsTuple = [
  '#e3f9fc',
  '#cfeef3',
  '#a1dde6',
  '#70cbd9',
  '#49bbcd',
  '#30b1c6',
  '#1f9fb4',
  '#0b7f92',
  '#0b7285',
  '#005f70',
];

export const theme = createTheme({
  primaryColor: 'accent',
  primaryShade: { light: 8, dark: 5 },
  colors: { accent: teal },
  defaultRadius: 'sm',
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif',
  fontFamilyMonospace: 'ui-monospace, "SF Mono", "Cascadia Mono", Menlo, Consolas, monospace',
  headings: { fontWeight: '600' },
  autoContrast: true,
});

/** Mantine's own dimmed text is too faint to read for many (WCAG 2.2, contrast 4.5 to 1). */
export const readableDimmed: CSSVariablesResolver = () => ({
  variables: {},
  light: { '--mantine-color-dimmed': 'var(--mantine-color-gray-7)' },
  dark: { '--mantine-color-dimmed': 'var(--mantine-color-dark-1)' },
});
