/** How contexts are understood, and what may be kept. A class, so that it can be injected. */
export class OfrepOptions {
  /** The context feature that the targeting key stands for; undefined: it says nothing. */
  readonly targetingFeature: string | undefined;
  /** Bound of the answers with all flags that are kept; 0: none is. */
  readonly cacheBytes!: number;
  /** Whether changes can be followed. */
  readonly hasEvents!: boolean;
}
