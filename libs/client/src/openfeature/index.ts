export { HeksherProvider } from './heksher-provider.js';
export { type HeksherProviderOptions } from './provider-options.js';
