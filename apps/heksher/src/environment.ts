import { readFileSync } from 'node:fs';
import { errorMessage, type FieldError, HeksherError } from '@heksher/core';
import { parseBoolean } from './http/boolean.js';

export type Environment = Readonly<Record<string, string | undefined>>;

/** What Kubernetes sets for a service of that name, such as HEKSHER_PORT=tcp://10.0.0.7:80. */
const SERVICE_LINK = /^(tcp|udp|sctp):\/\/[\w.:[\]]+:\d+$/i;
const SERVICE_VARIABLE = /_SERVICE_(HOST|PORT)(_\w+)?$|_PORT_\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?$/;

/** A variable whose file may be replaced while the process runs. `renew` says whether there is another value; it throws 'invalid', and the last value goes on. */
export type RenewableSecret = Readonly<{ name: string; file: string; renew: () => boolean }>;

/** Reads variables one by one and collects what is wrong with them, so that all of it is reported at once. */
export class EnvironmentReader {
  private readonly problems: FieldError[] = [];
  private readonly asked = new Set<string>();
  private readonly fromFiles = new Map<string, string>();
  /** What {@link current} has found in files. */
  readonly secrets: RenewableSecret[] = [];

  constructor(private readonly env: Environment) {}

  /** White space and line ends around a value are cut off. `X_FILE` names a file that holds X. */
  text(name: string, fallback: string): string {
    this.asked.add(name);
    this.asked.add(`${name}_FILE`);
    const value = (this.env[name] ?? '').trim();
    const file = (this.env[`${name}_FILE`] ?? '').trim();
    if (file === '') return (SERVICE_LINK.test(value) ? '' : value) || fallback;
    if (value !== '') this.problem(name, `is set, and ${name}_FILE too: only one of them can hold`);
    return this.textOfFile(name, file) || fallback;
  }

  /** The file that holds the variable's value, where one is named. */
  fileOf(name: string): string | undefined {
    return (this.env[`${name}_FILE`] ?? '').trim() || undefined;
  }

  /** Reads the same variables, and their files, once more. */
  again(): EnvironmentReader {
    return new EnvironmentReader(this.env);
  }

  private textOfFile(name: string, file: string): string {
    const known = this.fromFiles.get(name);
    if (known !== undefined) return known;
    let text = '';
    try {
      text = readFileSync(file, 'utf8').trim();
      if (text === '') this.problem(`${name}_FILE`, 'names a file that is empty');
    } catch (error) {
      this.problem(`${name}_FILE`, `cannot be read: ${errorMessage(error)}`);
    }
    this.fromFiles.set(name, text);
    return text;
  }

  /** Whether the variable is there at all, be it empty. */
  isSet(name: string): boolean {
    return this.env[name] !== undefined || this.env[`${name}_FILE`] !== undefined;
  }

  integer(name: string, fallback: number, least: number, most: number): number {
    const text = this.text(name, '');
    if (text === '') return fallback;
    const value = /^\d{1,15}$/.test(text) ? Number(text) : NaN;
    if (value >= least && value <= most) return value;
    this.problem(name, `must be a whole number from ${least} to ${most}, not "${text}"`);
    return fallback;
  }

  optionalInteger(name: string, least: number, most: number): number | undefined {
    return this.text(name, '') === '' ? undefined : this.integer(name, least, least, most);
  }

  boolean(name: string, fallback: boolean): boolean {
    return this.parsed(name, parseBoolean) ?? fallback;
  }

  oneOf<T extends string>(name: string, choices: readonly T[], fallback: T): T {
    const text = this.text(name, '');
    if (text === '') return fallback;
    const choice = choices.find((candidate) => candidate === text.toLowerCase());
    if (choice === undefined) this.problem(name, `must be one of ${choices.join(', ')}, not "${text}"`);
    return choice ?? fallback;
  }

  /** The variable through a parser that throws HeksherError; undefined where it is unset. */
  parsed<T>(name: string, parse: (text: string) => T): T | undefined {
    const text = this.text(name, '');
    if (text === '') return undefined;
    try {
      return parse(text);
    } catch (error) {
      if (!(error instanceof HeksherError)) throw error;
      this.problem(name, error.message);
      return undefined;
    }
  }

  /** As {@link parsed}, of a secret: its present value, which is another one after its file was replaced and read again. */
  current<T>(name: string, parse: (text: string) => T): (() => T) | undefined {
    const given = this.parsed(name, parse);
    if (given === undefined) return undefined;
    let held = { text: this.text(name, ''), value: given };
    const renew = (): boolean => {
      const again = this.again();
      const value = again.parsed(name, parse);
      const text = again.text(name, '');
      again.throwProblems();
      if (value === undefined || text === held.text) return false;
      held = { text, value };
      return true;
    };
    const file = this.fileOf(name);
    if (file !== undefined) this.secrets.push({ name, file, renew });
    return () => held.value;
  }

  problem(name: string, message: string): void {
    this.problems.push({ field: name, message });
  }

  unknownVariables(): readonly string[] {
    return Object.keys(this.env)
      .filter((name) => name.startsWith('HEKSHER_') && !name.startsWith('HEKSHER_TEST_') && !this.asked.has(name))
      .filter((name) => !SERVICE_VARIABLE.test(name) && !SERVICE_LINK.test(this.env[name] ?? ''))
      .sort();
  }

  throwProblems(): void {
    if (this.problems.length === 0) return;
    const lines = this.problems.map(({ field, message }) => `  ${field}: ${message}`);
    throw new HeksherError('invalid', `the environment is not usable:\n${lines.join('\n')}`, { errors: this.problems });
  }
}
