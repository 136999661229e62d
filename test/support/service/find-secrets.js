import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** By so many characters at their beginning secrets are looked for. */
const BEGINNING = 10;

/**
 * Which secrets of a folder's `.secrets` stand in its `.log`, each by its kind and test, without the secret itself. Each text is gone through once,
 * however many secrets there are.
 */
export async function findSecrets(folder) {
  const files = await readdir(folder);
  const read = (ending) =>
    Promise.all(files.filter((file) => file.endsWith(ending)).map((file) => readFile(join(folder, file), 'utf8')));
  const byBeginning = new Map();
  for (const lines of await read('.secrets')) {
    for (const line of lines.trimEnd().split('\n')) {
      const secret = JSON.parse(line);
      const beginning = secret.text.slice(0, BEGINNING);
      byBeginning.set(beginning, [...(byBeginning.get(beginning) ?? []), secret]);
    }
  }
  const found = new Map();
  const logs = await read('.log');
  for (const text of logs) {
    for (let at = 0; at + BEGINNING <= text.length; at += 1) {
      for (const secret of byBeginning.get(text.slice(at, at + BEGINNING)) ?? []) {
        if (!text.startsWith(secret.text, at) || found.has(secret.text)) continue;
        const start = text.lastIndexOf('\n', at) + 1;
        const line = text.slice(start, text.indexOf('\n', at)).replaceAll(secret.text, '…').slice(0, 300);
        found.set(secret.text, `${secret.kind}, of ${secret.test}, in the line ${line}`);
      }
    }
  }
  return [...found.values()];
}
