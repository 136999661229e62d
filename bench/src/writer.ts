import { type Operation } from './closed-loop.js';
import { SMALL } from './extents.js';
import { settingName } from './names.js';

/** Sends writes; throws where one is refused. */
type WriteClient = Readonly<{
  send(asked: Readonly<{ method: string; path: string; body: unknown }>): Promise<unknown>;
}>;

/** Counts through what five digits can show, so that answers keep their length; not first what rules have at first. */
export function fiveDigits(): () => number {
  let count = 1_234;
  return () => 10_000 + (count++ % 90_000);
}

/** Writes new values to the rules of the small database in turn. */
export function valueWriter(client: WriteClient, rules = SMALL.rules): Operation {
  const next = fiveDigits();
  return () => {
    const value = next();
    return client.send({ method: 'PUT', path: `/api/v1/rules/${(value % rules) + 1}/value`, body: { value } });
  };
}

/** Adds rules to the settings of the small database in turn, for users that are new. */
export function ruleWriter(client: WriteClient): Operation {
  let count = 0;
  return () => {
    count += 1;
    const feature_values = { user: `posted_${count}` };
    const body = { setting: settingName(count % SMALL.settings), feature_values, value: count };
    return client.send({ method: 'POST', path: '/api/v1/rules', body });
  };
}
