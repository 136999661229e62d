export { HeksherContextInterceptor } from './context-interceptor.js';
export { HeksherModule } from './heksher.module.js';
export { type HeksherModuleAsyncOptions, type HeksherModuleOptions, type IncomingRequest } from './module-options.js';
