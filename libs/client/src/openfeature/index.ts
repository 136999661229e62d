export { HeksherProvider, type HeksherProviderOptions } from './heksher-provider.js';
