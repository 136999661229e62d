export function findSecrets(folder: string): Promise<readonly string[]>;
