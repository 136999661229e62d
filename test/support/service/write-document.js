// node write-document.js FOLDER: writes there the OpenAPI document of the built service, and validators of what it answers.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Logger, readConfig, startService } from '../../../apps/heksher/dist/heksher-in-process.js';
import { validatorsText } from './schemas.js';

const [folder] = process.argv.slice(2);
const config = readConfig({ DOC_ONLY: 'true', HOST: '127.0.0.1', PORT: '0', HEKSHER_LOG_LEVEL: 'error' });
const service = await startService(config, new Logger({ ...config.log, version: 'test' }));
const document = await (await fetch(`${service.url}/openapi.json`)).text();
await service.stop();
await writeFile(join(folder, 'openapi.json'), document);
await writeFile(join(folder, 'validators.mjs'), await validatorsText(JSON.parse(document)));
