export { type StubOptions, type StubRule, StubHeksher } from './stub-heksher.js';
