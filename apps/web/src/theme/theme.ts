import { createTheme, Input, localStorageColorSchemeManager, type CSSVariablesResolver, type MantineColorsTuple } from '@mantine/core';

/**
 * Mantine in Perdure's clothes. The truth about colours is theme/tokens.css: Mantine's variables point at the tokens,
 * so both follow `data-mantine-color-scheme` together. The tuple only serves parts that ask for a shade by number.
 */
const verdigris: MantineColorsTuple = [
  '#E2F1F0',
  '#C6E3E1',
  '#A0D0CD',
  '#76BBB7',
  '#4FBDB8',
  '#3AA8A3',
  '#1F8A87',
  '#0B6B6D',
  '#085658',
  '#064345',
];

/** Controls are 28 px high, small ones 24, those of forms 32. */
const CONTROL_HEIGHTS: Record<string, string> = { xs: '24px', sm: '28px', md: '32px', lg: '40px', xl: '48px' };

export const theme = createTheme({
  primaryColor: 'verdigris',
  primaryShade: { light: 7, dark: 5 },
  colors: { verdigris },
  fontFamily: 'var(--font)',
  fontFamilyMonospace: 'var(--mono)',
  fontSizes: { xs: '12px', sm: '13px', md: '13px', lg: '14px', xl: '16px' },
  lineHeights: { xs: '16px', sm: '20px', md: '20px', lg: '20px', xl: '24px' },
  radius: { xs: '4px', sm: '6px', md: '6px', lg: '8px', xl: '12px' },
  defaultRadius: '6px',
  headings: { fontFamily: 'var(--font)', fontWeight: '600' },
  respectReducedMotion: true,
  cursorType: 'pointer',
  components: {
    Input: Input.extend({
      defaultProps: { size: 'md' },
      vars: (_theme, props) => ({
        wrapper: { '--input-height': CONTROL_HEIGHTS[props.size ?? 'md'] ?? '32px', '--input-fz': '13px', '--input-padding': '10px' },
      }),
    }),
    InputWrapper: { defaultProps: { size: 'md' } },
    Modal: {
      defaultProps: {
        centered: true,
        overlayProps: { backgroundOpacity: 0.35 },
        transitionProps: { duration: 140, transition: 'fade' },
        closeButtonProps: { 'aria-label': 'Close', size: 'sm' },
      },
    },
    Switch: { defaultProps: { withThumbIndicator: false } },
    // A list that opens because a dialog began in its field takes the first Esc, which is meant for the dialog. A click or an arrow opens it.
    Autocomplete: { defaultProps: { openOnFocus: false } },
    Tooltip: { defaultProps: { openDelay: 300, transitionProps: { duration: 90 }, events: { hover: true, focus: true, touch: true } } },
    Menu: {
      defaultProps: { withInitialFocusPlaceholder: false, position: 'bottom-end', transitionProps: { duration: 90 }, shadow: 'none' },
    },
  },
});

export const colorSchemeManager = localStorageColorSchemeManager({ key: 'perdure-color-scheme' });

const pointers = {
  '--mantine-color-body': 'var(--bg)',
  '--mantine-color-text': 'var(--text-1)',
  '--mantine-color-dimmed': 'var(--text-3)',
  '--mantine-color-placeholder': 'var(--text-3)',
  '--mantine-color-error': 'var(--failed)',
  '--mantine-color-anchor': 'var(--accent)',
  '--mantine-color-default': 'var(--surface)',
  '--mantine-color-default-hover': 'var(--hover)',
  '--mantine-color-default-color': 'var(--text-1)',
  '--mantine-color-default-border': 'var(--border-2)',
  '--mantine-color-disabled': 'var(--well)',
  '--mantine-color-disabled-color': 'var(--text-3)',
  '--mantine-color-disabled-border': 'var(--border-1)',
  '--mantine-color-bright': 'var(--text-1)',
  '--mantine-primary-color-filled': 'var(--accent-fill)',
  '--mantine-primary-color-filled-hover': 'var(--accent-fill-hover)',
  '--mantine-primary-color-contrast': 'var(--on-accent)',
  '--mantine-color-verdigris-filled': 'var(--accent-fill)',
  '--mantine-color-verdigris-filled-hover': 'var(--accent-fill-hover)',
  '--mantine-color-verdigris-light': 'var(--accent-tint)',
  '--mantine-color-verdigris-light-color': 'var(--accent)',
  '--mantine-color-verdigris-outline': 'var(--accent)',
};

export const cssVariablesResolver: CSSVariablesResolver = () => ({ variables: {}, light: pointers, dark: pointers });
