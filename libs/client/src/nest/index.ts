export { HeksherModule, type HeksherModuleAsyncOptions, type HeksherModuleOptions } from './heksher.module.js';
export { HeksherContextInterceptor, type IncomingRequest } from './request-context.js';
