import { type Sample } from './sample.js';

type Line = Readonly<{ name: string; colour: string; of: (sample: Sample) => number }>;
type Panel = Readonly<{ title: string; unit: string; lines: readonly Line[] }>;

const [BLUE, ORANGE] = ['#2563eb', '#d97706'];
const PANELS: readonly Panel[] = [
  {
    title: 'Memory',
    unit: 'MB',
    lines: [
      { name: 'resident', colour: BLUE, of: ({ resident }) => resident },
      { name: 'heap after garbage collection', colour: ORANGE, of: ({ heap }) => heap },
    ],
  },
  {
    title: 'Open descriptors',
    unit: '',
    lines: [{ name: 'descriptors', colour: BLUE, of: ({ descriptors }) => descriptors }],
  },
  {
    title: 'A repeated query',
    unit: 'ms',
    lines: [
      { name: 'p99', colour: ORANGE, of: ({ p99 }) => p99 },
      { name: 'p50', colour: BLUE, of: ({ p50 }) => p50 },
    ],
  },
];
const [WIDTH, HEIGHT, LEFT, TOP, GAP] = [860, 150, 60, 34, 70] as const;

/** A page of small charts over time, with a mark where the database was killed. */
export function draw(samples: readonly Sample[], restarts: readonly number[]): string {
  const end = samples.at(-1)?.second ?? 1;
  const x = (second: number): string => (LEFT + (second / end) * (WIDTH - LEFT - 20)).toFixed(1);
  const panels = PANELS.map((panel, place) => drawPanel(panel, samples, TOP + place * (HEIGHT + GAP), x, restarts));
  const height = TOP + PANELS.length * (HEIGHT + GAP);
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" font-family="sans-serif" font-size="12" fill="#374151">
<rect width="${WIDTH}" height="${height}" fill="#fff"/>
${panels.join('\n')}
</svg>
`;
}

function drawPanel(
  { title, unit, lines }: Panel,
  samples: readonly Sample[],
  top: number,
  x: (second: number) => string,
  restarts: readonly number[],
): string {
  const values = lines.flatMap(({ of }) => samples.map(of)).filter((value) => !Number.isNaN(value));
  const most = niceAbove(Math.max(...values));
  const y = (value: number): string => (top + HEIGHT - (value / most) * HEIGHT).toFixed(1);
  const end = samples.at(-1)?.second ?? 1;
  const grid = [0, 0.5, 1].map(
    (share) =>
      `<path d="M${LEFT} ${y(share * most)}H${WIDTH - 20}" stroke="#e5e7eb"/><text x="${LEFT - 6}" y="${y(share * most)}" dy="4" text-anchor="end">${share * most}</text>`,
  );
  const minutes = Array.from({ length: 7 }, (_, tick) => Math.round((end * tick) / 6));
  const ticks = minutes.map((second) => `<text x="${x(second)}" y="${top + HEIGHT + 16}" text-anchor="middle">${(second / 60).toFixed(0)} min</text>`); // prettier-ignore
  const marks = restarts.map((second) => `<path d="M${x(second)} ${top}V${top + HEIGHT}" stroke="#fca5a5" stroke-dasharray="3 3"/>`); // prettier-ignore
  const drawn = lines.map(
    ({ colour, of }) =>
      `<polyline fill="none" stroke="${colour}" stroke-width="1.5" points="${samples
        .filter((sample) => !Number.isNaN(of(sample)))
        .map((sample) => `${x(sample.second)},${y(of(sample))}`)
        .join(' ')}"/>`,
  );
  const legend = lines.map(({ name, colour }, place) => `<tspan fill="${colour}" dx="${place === 0 ? 16 : 12}">${name}</tspan>`); // prettier-ignore
  const head = `<text x="${LEFT}" y="${top - 10}"><tspan font-weight="bold">${title}${unit === '' ? '' : ` (${unit})`}</tspan>${legend.join('')}</text>`;
  return [head, ...grid, ...ticks, ...marks, ...drawn].join('\n');
}

/** 1, 2 or 5 times a power of ten. */
function niceAbove(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  return ([1, 2, 5, 10].find((step) => step * power >= value) ?? 10) * power;
}
