import { HeksherError } from '@heksher/core';
import { type EnvironmentReader } from './environment.js';

/** What an operator says of the console: docs/console.md. */
export type ConsoleConfig = Readonly<{
  /** Nothing can be changed there; a reason may say where else. The API enforces nothing of it. */
  isReadOnly: boolean;
  readOnlyReason: string | undefined;
  /** What this installation is called, such as `production`. */
  environment: string | undefined;
  /** A colour of CSS that marks it. */
  environmentColor: string | undefined;
  /** A sentence on every page. */
  banner: string | undefined;
  /** Whether every change must say why. */
  isNoteRequired: boolean;
  /** The key of metadata that names whose a setting is. */
  ownerKey: string;
  links: readonly ConsoleLink[];
  /** As which public client of the first issuer people sign in; undefined: as that of the documents. */
  clientId: string | undefined;
  scopes: readonly string[];
}>;

/** A link on each setting's page; `{setting}` in its address stands for the name. */
export type ConsoleLink = Readonly<{ title: string; url: string }>;

export function readConsole(reader: EnvironmentReader): ConsoleConfig | undefined {
  const isServed = reader.boolean('HEKSHER_CONSOLE', true);
  const text = (name: string): string | undefined => reader.text(name, '') || undefined;
  const config = {
    isReadOnly: reader.boolean('HEKSHER_CONSOLE_READ_ONLY', false),
    readOnlyReason: text('HEKSHER_CONSOLE_READ_ONLY_REASON'),
    environment: text('HEKSHER_CONSOLE_ENVIRONMENT'),
    environmentColor: reader.parsed('HEKSHER_CONSOLE_ENVIRONMENT_COLOR', requireColor),
    banner: text('HEKSHER_CONSOLE_BANNER'),
    isNoteRequired: reader.boolean('HEKSHER_CONSOLE_NOTE_REQUIRED', false),
    ownerKey: reader.text('HEKSHER_CONSOLE_OWNER_KEY', 'owner'),
    links: reader.parsed('HEKSHER_CONSOLE_LINKS', parseLinks) ?? [],
    clientId: text('HEKSHER_CONSOLE_CLIENT_ID'),
    scopes: reader
      .text('HEKSHER_CONSOLE_SCOPES', 'heksher:write heksher:approve')
      .split(/[\s,]+/)
      .filter((scope) => scope !== ''),
  };
  return isServed ? config : undefined;
}

const COLOR = /^(#[\da-f]{3,8}|[a-z]{3,30})$/i;

function requireColor(text: string): string {
  if (COLOR.test(text)) return text;
  throw new HeksherError('invalid', `must be a colour such as #b42318 or crimson, not "${text}"`);
}

/** `Runbook=https://wiki.example.com/{setting}; Dashboard=https://…` */
function parseLinks(text: string): readonly ConsoleLink[] {
  return text.split(';').map((part) => {
    const [, title = '', url = ''] = /^([^=]+)=(.*)$/.exec(part.trim()) ?? [];
    const address = url.trim().replaceAll('{setting}', 'x');
    if (title.trim() !== '' && URL.canParse(address) && /^https?:/i.test(address))
      return { title: title.trim(), url: url.trim() };
    throw new HeksherError(
      'invalid',
      `must be links such as Runbook=https://wiki.example.com/{setting} separated by ";", not "${part.trim()}"`,
    );
  });
}
