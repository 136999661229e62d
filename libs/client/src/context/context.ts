/**
 * Values of context features where settings are read. What is not given, or undefined, comes from the defaults of the client;
 * null says that there is no value, whatever the defaults.
 */
export type ContextOf<Feature extends string> = { readonly [F in Feature]?: string | null | undefined };

export type GivenContext = ContextOf<string>;

/** Where a feature's value comes from when it is not given: a constant, or a function that is called at each reading. */
export type ContextDefault = string | (() => string | null | undefined);

export type ContextDefaults = Readonly<Record<string, ContextDefault>>;

/**
 * What reading does where a feature that the setting is configurable by has no value: throw an error that names it, give the
 * setting's default, or resolve as the service does, for which no condition on that feature holds.
 */
export type MissingFeaturePolicy = 'throw' | 'default' | 'resolve';
