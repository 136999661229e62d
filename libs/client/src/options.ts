import { type Authorization, invalid, quoted } from '@heksher/core';
import { type ContextDefaults, type MissingFeaturePolicy } from './context.js';
import { type Conflict, type ConflictPolicy } from './declaring/outcome.js';
import { type Problem } from './problems.js';
import { type TrackedContexts } from './resolution/tracking.js';
import { type AnySetting } from './setting.js';
import { type Snapshot } from './snapshot.js';
import { type UpdateSource } from './updates/update-source.js';

/** What HeksherClient.start takes. Times in milliseconds. */
export type ClientOptions = Readonly<{
  /**
   * Of the service, such as `https://heksher.example.com`; a path before `/api` is kept. Credentials belong into `authorization`.
   */
  url: string | URL;
  settings?: readonly AnySetting[];
  /** Only rules for these are asked for; features that are not named are not tracked. Default: everything. */
  trackContexts?: TrackedContexts;
  /** Values of features that are not given when a setting is read; `withContext` goes before them. */
  context?: ContextDefaults;
  /** Default `'throw'`. */
  onMissingFeature?: MissingFeaturePolicy;
  /** Default `'fail'`. */
  onConflict?: ConflictPolicy | ((conflict: Conflict) => ConflictPolicy);
  /**
   * When the service cannot be reached at start: `'fail'` rejects, `'continue'` goes on with `bootstrap` or else the declared
   * defaults, and keeps trying. Default: `'continue'` with a bootstrap, else `'fail'`.
   */
  onUnavailable?: 'fail' | 'continue';
  /** Values to begin with: what `client.snapshot()` gave, or (not in browsers) the path or URL of a file with its JSON. */
  bootstrap?: Snapshot | string | URL;
  /** Whether settings are declared to the service. A browser should not write: there, false. Default true. */
  declare?: boolean;
  /** How old values may become before they are asked for again. Default 60 000. */
  updateIntervalMs?: number;
  /**
   * When to ask for values: `'poll'`, every `updateIntervalMs`; `'stream'`, besides as soon as the service tells that something changed,
   * which takes a connection for as long as the client runs; or a source of your own. Default: `'stream'` in Node, else `'poll'`. There
   * is no stream from older services and through some proxies; then the clock alone counts, and where `'stream'` was asked for
   * that is a problem.
   */
  updates?: 'stream' | 'poll' | UpdateSource;
  /**
   * What the service calls the program where it tells which clients have which revision: `shop`, or with the instance `shop/pod-7`; it is sent with
   * each request for values, too. Default: `heksher-client`, on streams alone. An instance that is not given is made up.
   */
  name?: string;
  /** How long one request may take, its answer included. Default 10 000. */
  timeoutMs?: number;
  /**
   * The whole value of the header `Authorization`, such as `Bearer hk_s_…`; or a function that gives it, which is asked for each
   * request, and once more, with `isRefused`, when the service has refused what it gave. Requests at the same time share its answer.
   */
  authorization?: Authorization;
  /** Sent with every request; a function is called for each. */
  headers?: Readonly<Record<string, string>> | (() => Readonly<Record<string, string>>);
  /** Default: the global `fetch`. */
  fetch?: typeof fetch;
  /** Called for each update that failed; `onProblem` is called once for each outage. */
  onUpdateError?: (error: unknown) => void;
  /** Called once for each thing that a person should know of. Default: `console.warn`. */
  onProblem?: (problem: Problem) => void;
}>;

/** Options with their defaults. */
export type CheckedOptions = ClientOptions &
  Readonly<
    Required<Pick<ClientOptions, 'onMissingFeature' | 'onUnavailable' | 'declare' | 'updateIntervalMs' | 'timeoutMs'>>
  >;

/** What timers can hold: 24 days. */
const LONGEST_MS = 2 ** 31 - 1;

/** Throws 'invalid' for what makes no sense, also where no compiler checked it. */
export function checkOptions(options: ClientOptions): CheckedOptions {
  const checked = {
    ...options,
    onMissingFeature: options.onMissingFeature ?? 'throw',
    onUnavailable: options.onUnavailable ?? (options.bootstrap === undefined ? 'fail' : 'continue'),
    declare: options.declare ?? true,
    updateIntervalMs: options.updateIntervalMs ?? 60_000,
    timeoutMs: options.timeoutMs ?? 10_000,
  };
  requireDuration('updateIntervalMs', checked.updateIntervalMs);
  requireDuration('timeoutMs', checked.timeoutMs);
  requireOneOf('onMissingFeature', checked.onMissingFeature, ['throw', 'default', 'resolve']);
  requireOneOf('onUnavailable', checked.onUnavailable, ['fail', 'continue']);
  requireOneAuthorization(options);
  if (options.name !== undefined && !/^[\w.@:+-]{1,100}(\/[\w.@:+-]{1,100})?$/.test(options.name))
    throw invalid(
      `name is ${quoted(options.name)}; accepted: letters, digits and _ . @ : + -, such as shop or shop/pod-7`,
      'name',
    );
  if (typeof options.updates === 'string') requireOneOf('updates', options.updates, ['stream', 'poll']);
  if (typeof options.onConflict === 'string') {
    requireOneOf('onConflict', options.onConflict, ['fail', 'serve', 'default']);
  }
  return checked;
}

function requireDuration(name: string, value: number): void {
  if (value > 0 && value <= LONGEST_MS) return;
  throw invalid(`${name} is ${String(value)}; accepted: milliseconds from above 0 to ${LONGEST_MS}`, name);
}

function requireOneAuthorization({ authorization, headers }: ClientOptions): void {
  if (authorization === undefined || headers === undefined || typeof headers === 'function') return;
  if (!Object.keys(headers).some((name) => name.toLowerCase() === 'authorization')) return;
  throw invalid('"authorization" is given, and among "headers" too: only one of them can hold', 'authorization');
}

function requireOneOf(name: string, value: string, accepted: readonly string[]): void {
  if (accepted.includes(value)) return;
  throw invalid(`${name} is ${quoted(String(value))}; accepted: ${accepted.join(', ')}`, name);
}
