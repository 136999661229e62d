/** How contexts are understood. A class, so that it can be injected. */
export class OfrepOptions {
  /** The context feature that the targeting key stands for; undefined: it says nothing. */
  readonly targetingFeature: string | undefined;
}
