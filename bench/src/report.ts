import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { type Bar, type Finding } from './finding.js';
import { type Circumstances } from './machine.js';

/** A measurement that could not be made, with the reason. */
export type Failure = Readonly<{ name: string; error: string }>;

export type Report = Readonly<{
  circumstances: Circumstances;
  findings: readonly Finding[];
  failures: readonly Failure[];
}>;

const RESULTS = new URL('../results/', import.meta.url);
const PAGE = fileURLToPath(new URL('../../docs/benchmarks.md', import.meta.url));
const BEGIN = '<!-- figures: written by npm run bench -->';
const END = '<!-- end of the figures -->';

/** Four digits where there are some after the point, and thousands apart. */
export function formatFigure(figure: number): string {
  if (!Number.isFinite(figure)) return String(figure);
  const places = Math.max(0, 3 - Math.floor(Math.log10(Math.max(1, Math.abs(figure)))));
  const [whole = '', fraction] = figure.toFixed(Math.min(places, 3)).split('.');
  return [whole.replace(/\B(?=(\d{3})+$)/g, ' '), ...(fraction === undefined ? [] : [fraction])].join('.');
}

function formatBar({ of, is, limit }: Bar, unit: string): string {
  return `${is === 'at least' ? '≥' : '≤'} ${limit}${of === 'ratio' ? ' ×' : ` ${unit}`}`;
}

function formatRatio({ ratio }: Finding): string {
  if (ratio === undefined) return '';
  return `${ratio.median.toFixed(2)} (${ratio.least.toFixed(2)} to ${ratio.most.toFixed(2)})`;
}

function formatMet({ isMet }: Finding): string {
  return isMet === undefined ? '' : isMet ? 'met' : '**missed**';
}

/** What the terminal shows of a finding. */
export function describe(finding: Finding): string {
  const { name, what, unit, figure, yardstick, bar, notes = [] } = finding;
  return [
    `${name}: ${formatFigure(figure)} ${unit}`,
    `  ${what}`,
    ...(yardstick === undefined ? [] : [`  against ${formatFigure(yardstick.figure)} ${unit}: ${yardstick.what}`]),
    ...(finding.ratio === undefined ? [] : [`  ratio of a pair, median (least to most): ${formatRatio(finding)}`]),
    ...(bar === undefined ? [] : [`  bar: ${formatBar(bar, unit)}: ${formatMet(finding).replaceAll('*', '')}`]),
    ...notes.map((note) => `  ${note}`),
  ].join('\n');
}

/** Writes the JSON, and the table between the marks of the page. Returns the files. */
export async function publish(report: Report): Promise<readonly string[]> {
  const day = report.circumstances.date.slice(0, 16).replace(':', '');
  const file = fileURLToPath(new URL(`${day}Z.json`, RESULTS));
  await mkdir(RESULTS, { recursive: true });
  await writeFile(file, `${JSON.stringify(report, undefined, 2)}\n`);
  const page = await readFile(PAGE, 'utf8');
  const [before, rest] = page.split(BEGIN);
  const [, after] = rest?.split(END) ?? [];
  if (before === undefined || after === undefined) throw new Error(`${PAGE} lacks the marks ${BEGIN} and ${END}`);
  const text = [before, BEGIN, '\n\n', figures(report), '\n\n', END, after].join('');
  await writeFile(PAGE, await format(text, { ...(await resolveConfig(PAGE)), filepath: PAGE }));
  return [file, PAGE];
}

function figures({ circumstances, findings, failures }: Report): string {
  const { date, processor, cores, memoryGb, system, node, postgres, load, command } = circumstances;
  const rows = findings.map((finding) => {
    const { name, what, unit, figure, yardstick, bar } = finding;
    return [
      `\`${name}\`: ${what}`,
      `${formatFigure(figure)} ${unit}`,
      yardstick === undefined ? '' : `${formatFigure(yardstick.figure)} ${unit}: ${yardstick.what}`,
      formatRatio(finding),
      bar === undefined ? '' : formatBar(bar, unit),
      formatMet(finding),
    ];
  });
  const table = [
    ['Measurement', 'Heksher', 'Yardstick', 'Ratio of a pair: median (least to most)', 'Bar', ''],
    Array(6).fill('---'),
    ...rows,
  ];
  const notes = findings.flatMap(({ name, notes = [] }) => notes.map((note) => `- \`${name}\`: ${note}.`));
  const missing = failures.map(({ name, error }) => `- \`${name}\` could not be made: ${error.split('\n')[0] ?? ''}`);
  return [
    `Made on ${date.slice(0, 10)} by \`${command}\` on ${processor}, ${cores} cores, ${memoryGb} GB, ${system}, with`,
    `Node ${node}, PostgreSQL ${postgres}, and load from ${load}.\n\n`,
    `${table.map((cells) => `| ${cells.join(' | ')} |`).join('\n')}\n\n`,
    [...missing, ...notes].join('\n'),
  ].join('\n');
}
