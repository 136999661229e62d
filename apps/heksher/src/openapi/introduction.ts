import { type TagObject } from '@nestjs/swagger';

/** What a reader of the documents must know before any single operation. */
export const INTRODUCTION = `Heksher keeps **settings whose values depend on context**. A setting has a type, a default value, and rules: other values
for when certain *context features* have certain values. Services read the rules that can matter to them, and find the
value for each request, user or job themselves.

With the context features \`account, user, theme\`, a setting \`cache_size: int\` may have these rules:

| account | user | theme | value |
| --- | --- | --- | --- |
| john | | | 100 |
| | guest | dark | 20 |
| | | | 60 (the default) |

## Concepts

- **Context features** are an ordered list; later ones are more specific. Of two rules whose conditions all hold, the one
  with a condition on the last feature where they differ wins.
- **Settings** are *declared* by the code that uses them, with a type, a default value, the context features they are
  configurable by, and a version such as \`1.2\`. A minor version brings changes that declaring code can live with, a major
  version all others.
- **Aliases** are the earlier names of a renamed setting. Wherever a path, a query or a body names a setting, an alias does as well.
- **Rules** have conditions, each a context feature and the value it must have, and a value. A feature without a condition may have any value.
- **Rollouts** are rules for a share of the *units*, which are the values of a context feature such as \`user\`: a percentage
  of them, those that are listed as members, those that have a pattern. A flag is a \`bool\` setting with a rollout.
- **Metadata** are free-form notes on settings, rules and rollouts.

## Conventions

- **Names.** Settings and aliases: letters, digits, \`_\` and \`.\`. Context features: letters, digits and \`_\`. Keys of metadata:
  letters, digits, \`_\` and \`-\`. All have 1 to 255 characters. Odder names that an earlier Heksher let in are served, and can be deleted.
  Values of context features: letters, combining marks and digits of any script and \`_-.@+/=~#\`. Where one is given in a body, a number or
  boolean stands for its text: \`5\` is \`"5"\`, \`1.0\` is \`"1"\`, and large whole numbers keep their digits.
- **Bodies** are JSON objects whatever their \`Content-Type\` says, also where there is none. Unknown members are ignored where Heksher 0.5
  did so; rollouts and evaluation, which it did not have, refuse an unknown member or parameter by name. The limit is 1 MiB
  unless the operator sets another one.
- **Values** are kept as they are written: \`1.0\` stays \`1.0\`, members keep their order. Numbers that cannot be kept exactly are refused.
- **Booleans** in a query are \`true\`/\`false\`, \`1\`/\`0\`, \`yes\`/\`no\` or \`on\`/\`off\`, in any case.
- **Errors** are a \`text/plain\` message, or where \`Accept\` names \`application/json\` or \`application/problem+json\`, a problem of RFC 9457.
  A 422 is always a problem. A 400, 404, 409 or 422 lists what is wrong in \`errors\`, at most 20 of it: what kind it is by a \`code\` that does not
  change between releases, and where it is by a \`pointer\` into the body (RFC 6901) or the name of a \`parameter\`. A rule or a context feature that does not exist is a 404 with an empty text. No error is larger than 8 KiB.
- Errors below \`/ofrep\` are JSON as OpenFeature's clients read them, whatever \`Accept\` says; what is malformed there is a 400.
- Paths are case-sensitive; a slash at the end is ignored.
- A path that is served, but not by this method, is a **405** with \`Allow\`; \`HEAD\` goes wherever \`GET\` does. Any other path is a 404.
- **Compression.** An answer over 8 KiB is compressed where \`Accept-Encoding\` takes \`br\` or \`gzip\`.
- **Browsers.** What a page of another origin sends to write, or to evaluate, is a **403** unless the operator has named that origin.
- **Conditions.** Each read has an \`ETag\`; a write with \`If-Match\` is carried out only where that is still there, else it is a **412** with what is there now.
  \`Heksher-Message\` says why something is written, \`Heksher-Revision\` in the answer which state that left.
- **Request ids.** Each answer carries \`X-Request-Id\`: the one you sent, if it is sane, or a new one. The log has it with what was
  written and with what failed.
- A **503** with \`Retry-After\` says that the database does not answer. Nothing was changed; try again.`;

export const TAGS: readonly TagObject[] = [
  {
    name: 'Query',
    description: 'What readers ask for: settings with the rules that can matter to them.',
  },
  {
    name: 'Settings',
    description: 'Declaring settings, looking at them, and changing one attribute at a time.',
  },
  {
    name: 'Setting metadata',
    description: 'Free-form notes on settings. Each change moves the setting to a higher version.',
  },
  {
    name: 'Rules',
    description: 'The values of settings under conditions. No two rules of a setting have the same conditions.',
  },
  { name: 'Rule metadata', description: 'Free-form notes on rules.' },
  {
    name: 'Rollouts',
    description: 'Rules that hold for a share of the units: gradual releases, kill switches, experiments.',
  },
  { name: 'Rollout members', description: 'Units that a rollout always has, to a million of them.' },
  {
    name: 'Evaluation',
    description: 'What settings are in a context and why, by the service; and what in their rules does nothing.',
  },
  {
    name: 'Context features',
    description: 'What conditions are on, as an ordered list: a rule with a condition on a later one wins.',
  },
  {
    name: 'OpenFeature',
    description: 'Settings as flags for any SDK of OpenFeature, by its remote evaluation protocol (OFREP).',
  },
  { name: 'Access', description: 'Keys, principals, and what they may do: for administrators.' },
  {
    name: 'History',
    description: 'What was changed, by whom and why; and what differs between two states.',
  },
  {
    name: 'Webhooks',
    description: 'Addresses that are told of each committed change, and how that went: for administrators.',
  },
  { name: 'Health', description: 'For load balancers, Kubernetes and people.' },
];
