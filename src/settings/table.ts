import { featureSettings } from './features.ts';
import { reviewSettings } from './review.ts';
import { sandboxSettings } from './sandbox.ts';
import { servingSettings } from './serving.ts';
import { upstreamSettings } from './upstream.ts';

/**
 * Every setting there is, once: the command line, the environment, `--help` and the README's tables all come from here.
 * Defaults live here and nowhere else.
 */
export const settings = {
  ...upstreamSettings,
  ...servingSettings,
  ...featureSettings,
  ...reviewSettings,
  ...sandboxSettings,
};

export type SettingKey = keyof typeof settings;

type ValueOf<S> = S extends { readonly kind: 'integer' }
  ? number | Missing<S>
  : S extends { readonly kind: 'list' }
    ? readonly string[]
    : S extends { readonly kind: 'switch' }
      ? boolean | Missing<S>
      : S extends { readonly choices: readonly (infer Choice)[] }
        ? Choice | Missing<S>
        : string | Missing<S>;

/** What a setting without a default can be. */
type Missing<S> = S extends { readonly default: unknown } ? never : undefined;

/** The value of every setting, checked by itself. */
export type SettingValues = { readonly [Key in SettingKey]: ValueOf<(typeof settings)[Key]> };
