import { type ValidateFunction } from 'ajv';

export function compilerOf(document: object): (schema: object) => ValidateFunction;
export function validatorsText(document: object): Promise<string>;
