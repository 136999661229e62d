/** What end-to-end tests start a service by in their own process, and what they and benchmarks look into; `npm run build` bundles it (scripts/bundle-service.mjs). */
export { default as express } from 'express';
export { readConfig } from './config.js';
export { HeksherAdapter } from './http/heksher-adapter.js';
export { ContextSample } from './modules/evaluation/context-sample.js';
export { Authenticator } from './modules/access/authenticator.js';
export { jsonFormat } from './modules/logging/formats.js';
export { Logger, openSinks } from './modules/logging/logger.js';
export { startService } from './service.js';
