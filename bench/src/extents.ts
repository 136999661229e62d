/** How many settings a database holds, and rules; the values of `user` in its rules are of so many users. */
export type Extent = Readonly<{ settings: number; rules: number; users: number }>;

export const SMALL: Extent = { settings: 20, rules: 200, users: 100 };
export const MEDIUM: Extent = { settings: 500, rules: 20_000, users: 100 };
export const FLAGS: Extent = { settings: 200, rules: 2_000, users: 100 };
/** Few settings of many rules each: what a client prepares in one piece. */
export const DENSE: Extent = { settings: 2, rules: 20_000, users: 10_000 };
export const LARGE: Extent = { settings: 5_000, rules: 1_000_000, users: 1_000 };

/** One setting of very many rules and members of a rollout, beside those of the medium database; so many patterns are added. */
export const HUGE = { name: 'huge', rules: 100_000, members: 1_000_000, patterns: 1_000 } as const;
