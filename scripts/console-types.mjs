/** Writes the types of the API for the console, by the document of the built service: `npm run console:types`. */
import { writeFile } from 'node:fs/promises';
import { fileURLToPath, URL } from 'node:url';
import openapi, { astToString } from 'openapi-typescript';

const NOTE = '/* Made from the service\'s OpenAPI document by "npm run console:types". */\n';
const PROSE = new Set(['description', 'summary', 'example', 'examples', 'headers']);

/** The types as TypeScript. Members with a default are not there always: a PATCH that lacks them leaves them alone. */
export async function typesOf(document) {
  return NOTE + astToString(await openapi(typesOnly(document), { defaultNonNullable: false }));
}

/** Without prose, and without the answers that errors are: the client has one type for them. Members of schemas may be called anything. */
function typesOnly(part, isMap = false) {
  if (Array.isArray(part)) return part.map((item) => typesOnly(item));
  if (typeof part !== 'object' || part === null) return part;
  const entries = Object.entries(part).filter(([key]) => isMap || !(PROSE.has(key) || key.startsWith('x-')));
  return Object.fromEntries(
    entries.map(([key, value]) => {
      if (key === 'responses' && !isMap) return [key, typesOnly(successes(value), true)];
      return [key, typesOnly(value, !isMap && (key === 'properties' || key === 'schemas'))];
    }),
  );
}

function successes(responses) {
  return Object.fromEntries(Object.entries(responses).filter(([status]) => /^2/.test(status)));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { readConfig } = await import('../apps/heksher/dist/config.js');
  const { Logger } = await import('../apps/heksher/dist/modules/logging/index.js');
  const { startService } = await import('../apps/heksher/dist/service.js');
  const config = readConfig({ DOC_ONLY: 'true', HOST: '127.0.0.1', PORT: '0', HEKSHER_LOG_LEVEL: 'error' });
  const service = await startService(config, new Logger({ ...config.log, version: 'types' }));
  const document = await (await fetch(`${service.url}/openapi.json`)).json();
  await writeFile(new URL('../apps/console/src/api/schema.ts', import.meta.url), await typesOf(document));
  await service.stop();
}
