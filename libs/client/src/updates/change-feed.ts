import { unrefRequest } from '../runtime.js';
import { type Open } from '../service/service.js';
import { type Identity } from './identity.js';
import { type Listening } from './update-source.js';

/** What is longer is not asked for by names: servers and proxies refuse request lines beyond 8 KiB. */
const MAX_NAMES = 6_000;
/** So many the service takes. */
const MOST_NAMES = 1_000;

/** Opens the service's stream of changes to the settings of a client. */
export class ChangeFeed {
  private current: { path: string; controller: AbortController } | undefined;

  /**
   * @param names of the settings that are served now
   */
  constructor(
    private readonly open: Open,
    private readonly identity: Identity,
    private readonly names: () => readonly string[],
  ) {}

  async listen(signal: AbortSignal): Promise<Listening> {
    const controller = new AbortController();
    signal.addEventListener('abort', () => controller.abort());
    const current = { path: this.path(), controller };
    this.current = current;
    const unref = unrefRequest(this.identity.client);
    try {
      const headers = { accept: 'text/event-stream', ...this.identity.headers() };
      const response = await this.open(current.path, headers, controller.signal);
      return {
        response,
        endsWithProgram: unref.isUnref(),
        isReplaced: () => this.current !== current,
        served: (id) => this.identity.served(id),
      };
    } finally {
      unref.end();
    }
  }

  /** Ends the stream where it is for other settings than those that are served now. */
  replace(): void {
    if (this.current === undefined || this.current.path === this.path()) return;
    const { controller } = this.current;
    this.current = undefined;
    controller.abort();
  }

  private path(): string {
    const names = this.names();
    const list = [...names].sort().join(',');
    const isShort = names.length > 0 && names.length <= MOST_NAMES && list.length <= MAX_NAMES;
    return isShort ? `/changes?settings=${list}` : '/changes';
  }
}
