import { fileURLToPath } from 'node:url';

/** The folder of the service's package. It is found from here, since its sources, what is compiled of them and the bundle all lie one folder below. */
const PACKAGE = new URL('../', import.meta.url);

/** A path in the service's package, such as `dist/console/`. */
export function packagePath(path: string): string {
  return fileURLToPath(new URL(path, PACKAGE));
}
