/** A sample of Prometheus' text format. */
export type Sample = Readonly<{ name: string; labels: Readonly<Record<string, string>>; value: number }>;

/** Each line of the text that is no comment. Throws for a line that is none of the format. */
export function samplesIn(text: string): readonly Sample[] {
  return text
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      const [match, name = '', , labels = '', value = ''] = /^([a-z_][a-z0-9_]*)(\{(.*)\})? (\S+)$/.exec(line) ?? [];
      if (match === undefined) throw new Error(`no sample: ${line}`);
      const pairs = [...labels.matchAll(/([a-z_]+)="((?:[^"\\]|\\.)*)"/g)].map(([, key = '', text = '']) => [
        key,
        text,
      ]);
      return { name, labels: Object.fromEntries(pairs) as Record<string, string>, value: Number(value) };
    });
}

/** The samples of a metric that have these labels, as they are now. */
export async function samplesOf(
  metricsUrl: string,
  name: string,
  labels: Readonly<Record<string, string>> = {},
): Promise<readonly Sample[]> {
  const samples = samplesIn(await (await fetch(metricsUrl)).text());
  return samples.filter(
    (sample) => sample.name === name && Object.entries(labels).every(([key, value]) => sample.labels[key] === value),
  );
}

/** Their sum. */
export async function valueOf(
  metricsUrl: string,
  name: string,
  labels: Readonly<Record<string, string>> = {},
): Promise<number> {
  return (await samplesOf(metricsUrl, name, labels)).reduce((sum, { value }) => sum + value, 0);
}
