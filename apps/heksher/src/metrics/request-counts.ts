import { DURATIONS, Histogram } from './histogram.js';
import { type Labels, type Metrics } from './metrics.js';

/** What one route answers by one method: how often and how quickly with which status. */
export class RouteCounts {
  readonly byStatus = new Map<number, Histogram>();

  /** @param route as a template, such as `/api/v1/rules/{id}`; undefined: none of ours */
  constructor(
    readonly method: string,
    readonly route: string | undefined,
  ) {}

  /** Times in milliseconds, on the monotonic clock. */
  observe(status: number, startedAt: number, endedAt: number): void {
    let histogram = this.byStatus.get(status);
    if (histogram === undefined) this.byStatus.set(status, (histogram = new Histogram(DURATIONS)));
    histogram.observe((endedAt - startedAt) / 1_000);
  }
}

const METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);
const OTHER = '_OTHER';

/** How requests were answered, each counted once, by whichever way it was. There are as many counts as there are routes, whatever is asked for. */
export class RequestCounts {
  /** How many requests are not answered yet: of the methods that nearly all have, as fields, which cost the least. */
  private activeGets = 0;
  private activePosts = 0;
  private readonly activeOthers = new Map([...METHODS, OTHER].filter(isRare).map((method) => [method, 0]));
  private readonly routes = new Map<string, RouteCounts>();

  /** @param scheme how they come in here, whatever a gateway in front has */
  register(metrics: Metrics, scheme: 'http' | 'https'): void {
    metrics.gauge('http_server_active_requests', 'Requests that are not answered yet.', () =>
      [...this.activeOthers, ['GET', this.activeGets] as const, ['POST', this.activePosts] as const].map(
        ([method, count]) => [labelsOf(method, scheme), count],
      ),
    );
    const help = 'How long requests took, from their headers to the answer.';
    metrics.histogram('http_server_request_duration_seconds', help, () =>
      [...this.routes.values()].flatMap(({ method, route, byStatus }) =>
        Array.from(byStatus, ([status, histogram]) => {
          const code = String(status);
          const failed: Labels = status >= 500 ? { error_type: code } : {};
          const labels = { http_route: route ?? '_other', http_response_status_code: code, ...failed };
          return [{ ...labelsOf(method, scheme), ...labels }, histogram] as const;
        }),
      ),
    );
  }

  /** @param path of a route, with parameters such as `:id`; undefined: none of ours */
  of(method: string | undefined, path: string | undefined): RouteCounts {
    const known = knownMethod(method);
    const key = `${known} ${path ?? ''}`;
    const counts = this.routes.get(key) ?? new RouteCounts(known, path?.replace(/:(\w+)/g, '{$1}'));
    this.routes.set(key, counts);
    return counts;
  }

  begin(method: string | undefined): void {
    this.add(method, 1);
  }

  end(method: string | undefined): void {
    this.add(method, -1);
  }

  private add(method: string | undefined, count: number): void {
    if (method === 'GET') this.activeGets += count;
    else if (method === 'POST') this.activePosts += count;
    else this.addOther(knownMethod(method), count);
  }

  private addOther(method: string, count: number): void {
    this.activeOthers.set(method, (this.activeOthers.get(method) ?? 0) + count);
  }
}

/** Whether it is counted among the others. */
function isRare(method: string): boolean {
  return method !== 'GET' && method !== 'POST';
}

function labelsOf(method: string, scheme: string): Labels {
  return { http_request_method: method, url_scheme: scheme };
}

function knownMethod(method: string | undefined): string {
  return method !== undefined && METHODS.has(method) ? method : OTHER;
}
