/** A stage of a Dockerfile: what it begins with, and its instructions in order. */
export type Stage = Readonly<{ name: string; from: string; steps: readonly Step[] }>;
export type Step = Readonly<{ instruction: string; text: string }>;

/** The stages of a Dockerfile in order; the last one, which is built by default, may have no name. */
export function readStages(dockerfile: string): readonly Stage[] {
  const lines = dockerfile
    .replace(/\\\n/g, '')
    .split('\n')
    .filter((line) => /^[A-Z]+ /.test(line));
  const stages: { name: string; from: string; steps: Step[] }[] = [];
  for (const line of lines) {
    const [, instruction = '', text = ''] = /^([A-Z]+) +(.*)$/.exec(line) ?? [];
    if (instruction !== 'FROM') stages.at(-1)?.steps.push({ instruction, text });
    else {
      const [, from = '', name = ''] = /^(\S+)(?: AS (\S+))?$/.exec(text) ?? [];
      stages.push({ name, from, steps: [] });
    }
  }
  return stages;
}

/** A stage with all it begins with, as far as the Dockerfile tells. */
export function withBases(stages: readonly Stage[], stage: Stage): readonly Step[] {
  const base = stages.find(({ name }) => name === stage.from);
  return [...(base === undefined ? [] : withBases(stages, base)), ...stage.steps];
}

/** What the last instruction of this name says. */
export function lastOf(steps: readonly Step[], instruction: string): string {
  const step = steps.findLast((one) => one.instruction === instruction);
  if (step === undefined) throw new Error(`the Dockerfile has no ${instruction}`);
  return step.text;
}

/** All variables that ENV sets. */
export function environment(steps: readonly Step[]): Readonly<Record<string, string>> {
  const pairs = steps.filter(({ instruction }) => instruction === 'ENV').flatMap(({ text }) => text.split(' '));
  return Object.fromEntries(pairs.map((pair) => pair.split('=') as [string, string]));
}

// Of the patterns of .dockerignore: a name at the top, and "**/" before a name or "*.ending".
/** Whether .dockerignore keeps a path out of the build. */
export function ignores(dockerignore: string, path: string): boolean {
  const parts = path.split('/');
  return dockerignore
    .split('\n')
    .filter((pattern) => pattern !== '')
    .some((pattern) => {
      const name = pattern.replace('**/', '');
      if (name === pattern) return parts[0] === name;
      return parts.some((part) => (name.startsWith('*') ? part.endsWith(name.slice(1)) : part === name));
    });
}
