import { cpus, totalmem } from 'node:os';

/** Where and by what the figures were made. */
export type Circumstances = Readonly<{
  date: string;
  command: string;
  processor: string;
  cores: number;
  memoryGb: number;
  system: string;
  node: string;
  postgres: string;
  load: string;
}>;

export function circumstances(postgres: string, load: string, args: readonly string[]): Circumstances {
  return {
    date: new Date().toISOString(),
    command: ['npm run bench', ...(args.length > 0 ? ['--', ...args] : [])].join(' '),
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    cores: cpus().length,
    memoryGb: Math.round(totalmem() / 1e8) / 10,
    system: `${process.platform} ${process.arch}`,
    node: process.versions.node,
    postgres,
    load,
  };
}
