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
  // White text on it can be read in both: its own is not darker in the dark.
  primaryShade: { light: 8, dark: 7 },
  colors: { accent: teal },
  defaultRadius: 'sm',
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif',
  fontFamilyMonospace: 'ui-monospace, "SF Mono", "Cascadia Mono", Menlo, Consolas, monospace',
  headings: { fontWeight: '600' },
  autoContrast: true,
  respectReducedMotion: true,
  components: {
    Badge: { defaultProps: { size: 'sm', tt: 'none', fw: 500, radius: 'sm' } },
    // Hits belong to the dialog or the part of the page that they are for: a screen reader in a dialog hears nothing outside of it.
    Combobox: { defaultProps: { withinPortal: false } },
    Notification: { defaultProps: { closeButtonProps: { 'aria-label': 'Close' } } },
    Tooltip: { defaultProps: { openDelay: 300, events: { hover: true, focus: true, touch: false } } },
  },
});

/**
 * Colours that can be read by many (WCAG 2.2, contrast 4.5 to 1), where Mantine's own are fainter: dimmed text, placeholders, and text on a
 * light ground of its own colour. In the dark that ground is calmer than Mantine's.
 */
export const readableColours: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-dimmed': 'var(--mantine-color-gray-7)',
    '--mantine-color-placeholder': 'var(--mantine-color-gray-7)',
    '--mantine-color-orange-light-color': '#8a3a06',
    '--mantine-color-yellow-light-color': '#6b4a00',
    '--mantine-color-green-light-color': '#1d5c2a',
    '--mantine-color-red-light-color': '#a11d1d',
    '--rolescope-shade': 'var(--mantine-color-accent-4)',
  },
  dark: {
    '--mantine-color-dimmed': 'var(--mantine-color-dark-1)',
    '--mantine-color-placeholder': 'var(--mantine-color-dark-1)',
    '--mantine-color-orange-light': 'rgba(255, 146, 43, 0.15)',
    '--mantine-color-yellow-light': 'rgba(252, 196, 25, 0.12)',
    '--mantine-color-green-light': 'rgba(81, 207, 102, 0.14)',
    '--mantine-color-red-light-color': '#ffa8a8',
    '--mantine-color-red-light': 'rgba(255, 107, 107, 0.15)',
    '--rolescope-shade': 'var(--mantine-color-accent-8)',
  },
});
