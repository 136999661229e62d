export * from './changes.js';
export * from './lineage.js';
export * from './rows.js';
export * from './owned-rows.js';
