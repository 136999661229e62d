import { type Revision, type Ruleset } from '@heksher/ruleset';

/** Where rulesets come from. Methods reject as `isDatabaseUnavailable` knows where it does not answer in time. */
export interface RulesetSource {
  /** The revision now: cheap, since it is asked for again and again. */
  revision(): Promise<Revision>;
  /** Everything, as of one moment. */
  load(): Promise<Ruleset>;
  /** Everything as it is now, given what it was: costs what changed. The same where nothing did. */
  since(previous: Ruleset): Promise<Ruleset>;
  /**
   * Calls `wake` where something may have changed; sooner or later, or never.
   * @returns ends that
   */
  watch(wake: () => void): () => void;
  close(): Promise<void>;
}
