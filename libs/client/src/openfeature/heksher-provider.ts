import { HeksherError, quoted, readFlagContext } from '@heksher/core';
import {
  ErrorCode,
  type EvaluationContext,
  type JsonValue,
  OpenFeatureEventEmitter,
  type Provider,
  type ResolutionDetails,
  StandardResolutionReasons,
} from '@openfeature/server-sdk';
import { type HeksherClient } from '../client.js';
import { type MissingFeaturePolicy } from '../context.js';
import { messageOf } from '../errors.js';
import { type AnySetting } from '../setting.js';
import { followClient } from './client-state.js';
import { detailsOf, isBoolean, isNumber, isString, isStructure, jsonOf } from './flags.js';

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

/**
 * Settings of a client as flags of OpenFeature, by name or alias, decided in this process: without I/O, except where a rollout has
 * more members than are held here. Values, variants and reasons are those that the service gives over OFREP.
 */
export class HeksherProvider implements Provider {
  readonly metadata = { name: 'heksher' };
  readonly runsOn = 'server';
  readonly events = new OpenFeatureEventEmitter();
  private opening: Promise<HeksherClient> | undefined;
  private client: HeksherClient | undefined;
  private endFollowing: (() => void) | undefined;

  /**
   * Takes a client that runs, and leaves closing it to its owner; or a function that starts one, which is called when OpenFeature
   * initializes the provider, and whose client is closed with it.
   */
  constructor(
    private readonly source: HeksherClient | (() => Promise<HeksherClient>),
    private readonly options: HeksherProviderOptions = {},
  ) {}

  async initialize(): Promise<void> {
    const opening = typeof this.source === 'function' ? this.source() : Promise.resolve(this.source);
    this.opening = opening;
    const client = await opening;
    if (this.opening !== opening) return;
    this.client = client;
    this.endFollowing = followClient(client, this.events);
  }

  /** Also one that is still starting. */
  async onClose(): Promise<void> {
    const { opening } = this;
    this.endFollowing?.();
    this.opening = this.client = undefined;
    if (typeof this.source !== 'function') return;
    const client = await opening?.catch(() => undefined);
    await client?.close();
  }

  resolveBooleanEvaluation(key: string, fallback: boolean, context: EvaluationContext) {
    return this.resolve(key, fallback, context, { isFitting: isBoolean, expected: 'a boolean' });
  }

  resolveStringEvaluation(key: string, fallback: string, context: EvaluationContext) {
    return this.resolve(key, fallback, context, { isFitting: isString, expected: 'a string' });
  }

  resolveNumberEvaluation(key: string, fallback: number, context: EvaluationContext) {
    return this.resolve(key, fallback, context, { isFitting: isNumber, expected: 'a number' });
  }

  resolveObjectEvaluation<T extends JsonValue>(key: string, fallback: T, context: EvaluationContext) {
    // OpenFeature lets callers say what shape a structure has; nobody can check that.
    const isFitting = (json: JsonValue): json is T => isStructure(json);
    return this.resolve(key, fallback, context, { isFitting, expected: 'an object or a list' });
  }

  /** Errors are returned, not thrown: the application may have another copy of the SDK, with error classes of its own. */
  private async resolve<T extends JsonValue>(
    key: string,
    fallback: T,
    context: EvaluationContext,
    { isFitting, expected }: Expectation<T>,
  ): Promise<ResolutionDetails<T>> {
    const failed = (errorCode: ErrorCode, errorMessage: string): ResolutionDetails<T> => {
      return { value: fallback, reason: StandardResolutionReasons.ERROR, errorCode, errorMessage };
    };
    if (this.client === undefined) return failed(ErrorCode.PROVIDER_NOT_READY, 'the provider is not initialized');
    const setting = this.client.find(key);
    if (setting === undefined) return failed(ErrorCode.FLAG_NOT_FOUND, notDeclared(key));
    try {
      const evaluation = await this.evaluate(setting, context);
      const value = jsonOf(evaluation.value);
      if (isFitting(value)) return { value, ...detailsOf(evaluation, setting.reader.alternatives()) };
      return failed(ErrorCode.TYPE_MISMATCH, `${quoted(key)} is ${JSON.stringify(value)}, not ${expected}`);
    } catch (error) {
      return failed(this.errorCodeOf(error), messageOf(error));
    }
  }

  private evaluate(setting: AnySetting, context: EvaluationContext) {
    const { targetingFeature, onMissingFeature = 'resolve' } = this.options;
    const given = Object.fromEntries(readFlagContext(context, targetingFeature));
    return setting.resolve(given, onMissingFeature);
  }

  private errorCodeOf(error: unknown): ErrorCode {
    if (!(error instanceof HeksherError) || error.code !== 'invalid') return ErrorCode.GENERAL;
    const isUnit = error.errors.some(({ field }) => field !== undefined && field === this.options.targetingFeature);
    return isUnit ? ErrorCode.TARGETING_KEY_MISSING : ErrorCode.INVALID_CONTEXT;
  }
}

type Expectation<T extends JsonValue> = Readonly<{ isFitting: (json: JsonValue) => json is T; expected: string }>;

function notDeclared(key: string): string {
  return `no setting ${quoted(key)} is declared by this program; give it to the client's "settings", or to add()`;
}
