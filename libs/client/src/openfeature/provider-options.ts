import { type MissingFeaturePolicy } from '../context/context.js';

/** How flags are evaluated. */
export type HeksherProviderOptions = Readonly<{
  /** The context feature that the targeting key stands for, such as `user`; without it the targeting key says nothing. */
  targetingFeature?: string;
  /**
   * Where a feature that the setting is configurable by has no value: `'resolve'` (the default) as the service does, for which
   * no condition on it holds; `'throw'` is TARGETING_KEY_MISSING or INVALID_CONTEXT; `'default'` gives the setting's default.
   */
  onMissingFeature?: MissingFeaturePolicy;
}>;
