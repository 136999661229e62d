/** Whether the service is on its way down: readiness says so, and connections are asked to close. */
export class Lifecycle {
  isShuttingDown = false;

  /** @param isEmbeddedDown whether the embedded server has ended, which liveness reports */
  constructor(readonly isEmbeddedDown: () => boolean = () => false) {}
}
