/** Whether the service is shutting down: readiness fails, and connections are closed after their answer. */
export class Lifecycle {
  isShuttingDown = false;

  /** @param isEmbeddedDown whether the embedded server has ended, which liveness reports */
  constructor(readonly isEmbeddedDown: () => boolean = () => false) {}
}
