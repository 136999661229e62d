import { FEATURE_VALUE_RULE, isFeatureValue, isSettingName, quoted, SETTING_NAME_RULE } from '@heksher/core';
import { type Backend } from '../backend.js';
import { invalidFor, RolloutError, unknownFunctionality } from '../errors.js';
import {
  ADMITTED,
  type Change,
  type Decision,
  type Definition,
  type Functionality,
  REFUSED,
} from '../functionality.js';
import { ServiceClient, type ServiceOptions } from './service-client.js';
import {
  type Fields,
  fieldsChanged,
  fieldsOf,
  fieldsOfChange,
  functionalityOf,
  type ServiceRollout,
} from './service-rollout.js';

/** Where the service is, and how functionalities stand in it. */
export type HeksherOptions = ServiceOptions &
  Readonly<{
    /** The context feature whose value is the unit; it must exist in the service. `user` unless given. */
    feature?: string;
    /** What the names of settings begin with, before the name of the functionality. Empty unless given. */
    prefix?: string;
  }>;

/**
 * Keeps each functionality in a Heksher service, as a setting of type `bool` with one rollout that hashes by CRC-32. The
 * service decides, so rules and other rollouts that operators add to the setting count too. Of ids that are registered at
 * once none is lost; patterns, and toggling, are read and written, so of two at the same moment one can be.
 */
export class HeksherBackend implements Backend {
  readonly #service: ServiceClient;
  readonly #feature: string;
  readonly #prefix: string;
  readonly #ids = new Map<string, number>();

  constructor({ feature = 'user', prefix = '', ...options }: HeksherOptions) {
    this.#service = new ServiceClient(options);
    this.#feature = feature;
    this.#prefix = prefix;
  }

  async list(): Promise<readonly string[]> {
    // Rollouts with conditions on other features are not admitted by this filter.
    const path = `/query?context_filters=${this.#feature}:*&include_rollouts=true`;
    const settings = (await this.#service.ask('GET', path)).member('settings');
    return Object.entries(settings as Readonly<Record<string, Readonly<{ rollouts: readonly unknown[] }>>>)
      .filter(([name, { rollouts }]) => name.startsWith(this.#prefix) && rollouts.length > 0)
      .map(([name]) => name.slice(this.#prefix.length))
      .sort();
  }

  async find(name: string): Promise<Functionality | undefined> {
    const rollout = await this.#rollout(name);
    return rollout === undefined ? undefined : functionalityOf(name, rollout);
  }

  /** Declares the setting where it is not there, and makes the rollout, or changes it. */
  async add(name: string, definition: Definition): Promise<void> {
    await this.#ensureSetting(name);
    const rollout = await this.#rollout(name);
    if (rollout !== undefined) return this.#redefine(name, rollout, definition);
    const conditions = { setting: this.#setting(name), feature: this.#feature, feature_values: {}, hash: 'crc32' };
    const made = await this.#service.ask('POST', '/rollouts', { ...conditions, ...fieldsOf(definition) }, [409]);
    // Another process was faster.
    if (made.status === 409) await this.#redefine(name, await this.#known(name), definition);
  }

  async change(name: string, change: Change): Promise<void> {
    const rollout = await this.#known(name);
    await this.#patch(name, rollout.rollout_id, fieldsOfChange(rollout, change));
  }

  async register(name: string, unit: string): Promise<void> {
    checkUnit(name, unit);
    const known = this.#ids.get(name);
    const path = (id: number): string => `/rollouts/${id}/members`;
    if (known !== undefined) {
      const { status } = await this.#service.ask('POST', path(known), { add: [unit] }, [404]);
      if (status !== 404) return;
    }
    const { rollout_id } = await this.#known(name);
    await this.#service.ask('POST', path(rollout_id), { add: [unit] });
  }

  async decide(name: string, unit: string | undefined): Promise<Decision> {
    if (unit === undefined) return (await this.#rollout(name))?.enabled ? ADMITTED : REFUSED;
    checkUnit(name, unit);
    const request = { context: { [this.#feature]: unit }, settings: [this.#setting(name)] };
    const reply = await this.#service.ask('POST', '/evaluate', request, [404]);
    if (reply.status === 404) return REFUSED;
    const [evaluated] = Object.values(reply.member('settings') as Readonly<Record<string, Evaluated>>);
    return evaluated?.value === true ? { isEnabled: true, variant: evaluated.variant } : REFUSED;
  }

  close(): void {
    this.#ids.clear();
  }

  async #redefine(name: string, rollout: ServiceRollout, definition: Definition): Promise<void> {
    const { rollout_id: id } = rollout;
    if (!definition.reset) return this.#patch(name, id, fieldsChanged(rollout, definition));
    await this.#patch(name, id, { ...fieldsOf(definition), pattern: null });
    await this.#forgetMembers(id);
  }

  async #forgetMembers(id: number): Promise<void> {
    const path = `/rollouts/${id}/members`;
    for (;;) {
      const page = await this.#service.ask('GET', `${path}?limit=10000`);
      const members = page.member('members') as readonly string[];
      if (members.length === 0) return;
      await this.#service.ask('POST', path, { remove: members });
    }
  }

  async #patch(name: string, id: number, fields: Fields): Promise<void> {
    if (Object.keys(fields).length === 0) return;
    const { status } = await this.#service.ask('PATCH', `/rollouts/${id}`, fields, [404]);
    if (status === 404) throw unknownFunctionality(name);
  }

  async #ensureSetting(name: string): Promise<void> {
    const setting = this.#setting(name);
    const found = await this.#service.ask('GET', `/settings/${setting}`, undefined, [404]);
    if (found.status === 404) return this.#declare(name, setting);
    const type = found.member('type') as string;
    const features = found.member('configurable_features') as readonly string[];
    if (type === 'bool' && features.includes(this.#feature)) return;
    const has = `is of type ${type}, configurable by ${features.join(', ')}`;
    const message = `the setting ${quoted(setting)} ${has}; a functionality needs type bool, configurable by ${this.#feature}`;
    throw new RolloutError('conflict', message, { functionality: name });
  }

  async #declare(name: string, setting: string): Promise<void> {
    const declaration = {
      name: setting,
      type: 'bool',
      default_value: false,
      configurable_features: [this.#feature],
      version: '1.0',
    };
    const { status } = await this.#service.ask('POST', '/settings/declare', declaration, [404]);
    if (status !== 404) return;
    const message = `the service has no context feature ${quoted(this.#feature)}; add it, or name another in "feature"`;
    throw new RolloutError('not_found', message, { functionality: name });
  }

  async #known(name: string): Promise<ServiceRollout> {
    const rollout = await this.#rollout(name);
    if (rollout === undefined) throw unknownFunctionality(name);
    return rollout;
  }

  async #rollout(name: string): Promise<ServiceRollout | undefined> {
    const path = `/rollouts?setting=${this.#setting(name)}`;
    const reply = await this.#service.ask('GET', path, undefined, [404, 422]);
    const rollouts = reply.status === 200 ? (reply.member('rollouts') as readonly ServiceRollout[]) : [];
    const isOurs = ({ feature, feature_values: conditions }: ServiceRollout): boolean =>
      feature === this.#feature && Object.keys(conditions).length === 0;
    const ours = rollouts.find(isOurs);
    if (ours === undefined) this.#ids.delete(name);
    else this.#ids.set(name, ours.rollout_id);
    return ours;
  }

  #setting(name: string): string {
    const setting = this.#prefix + name;
    if (isSettingName(setting)) return setting;
    throw invalidFor(name, `${quoted(setting)} is no name of a setting; accepted: ${SETTING_NAME_RULE}`);
  }
}

type Evaluated = Readonly<{ value: unknown; variant?: string }>;

function checkUnit(name: string, unit: string): void {
  if (isFeatureValue(unit)) return;
  throw invalidFor(name, `the service takes no unit ${quoted(unit)}; accepted: ${FEATURE_VALUE_RULE}`);
}
