export * from './levels.js';
export * from './logger.js';
export * from './nest-logger.js';
export * from './tags.js';
