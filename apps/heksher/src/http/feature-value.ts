export { featureValueOf } from '@heksher/core';
