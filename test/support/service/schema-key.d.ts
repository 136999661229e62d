export function keyOf(schema: object): string;
