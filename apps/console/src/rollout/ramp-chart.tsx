import { useState } from 'react';
import { useNow } from '../ui/time.js';
import { shareNow } from './moved.js';
import { type ShareForm } from './share-form.js';
import css from './rollout.module.css';

type Ramp = Extract<ShareForm, { kind: 'ramp' }>;

const [WIDTH, HEIGHT, LEFT, BOTTOM] = [420, 140, 32, 20];
const LOCAL = new Intl.DateTimeFormat('en', {
  weekday: 'short',
  day: 'numeric',
  month: 'short',
  hour: '2-digit',
  minute: '2-digit',
});
const DAY = new Intl.DateTimeFormat('en', { day: 'numeric', month: 'short' });

/** The ramp as a line with now in it; what a pointer reads from it, a slider, a sentence and a table say too. */
export function RampChart({ ramp }: Readonly<{ ramp: Ramp }>) {
  const nowMs = useNow();
  const [startMs, endMs] = [Date.parse(ramp.start), Date.parse(ramp.end)];
  const [at, setAt] = useState<number>();
  if (!(startMs < endMs) || shareNow(ramp, nowMs) === undefined) return null;
  const margin = (endMs - startMs) * 0.12;
  const [first, last] = [Math.min(startMs - margin, nowMs), Math.max(endMs + margin, nowMs)];
  const x = (ms: number) => LEFT + ((ms - first) / (last - first)) * (WIDTH - LEFT);
  const y = (percentage: number) => (1 - percentage / 100) * (HEIGHT - BOTTOM - 6) + 6;
  const share = (ms: number) => shareNow(ramp, ms) ?? 0;
  const shown = at ?? nowMs;
  const points = [first, startMs, endMs, last].map((ms) => `${x(ms)},${y(share(ms))}`).join(' ');
  return (
    <figure className={css['chart']}>
      <svg
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        role="img"
        aria-label={sentence(ramp, nowMs)}
        onPointerMove={(event) => {
          const box = event.currentTarget.getBoundingClientRect();
          const part = ((event.clientX - box.left) / box.width) * WIDTH;
          setAt(Math.min(last, Math.max(first, first + ((part - LEFT) / (WIDTH - LEFT)) * (last - first))));
        }}
        onPointerLeave={() => setAt(undefined)}
      >
        {[0, 50, 100].map((percentage) => (
          <g key={percentage}>
            <line className={css['grid']} x1={LEFT} x2={WIDTH} y1={y(percentage)} y2={y(percentage)} />
            <text className={css['axis']} x={LEFT - 6} y={y(percentage) + 4} textAnchor="end">
              {percentage}
            </text>
          </g>
        ))}
        {[startMs, endMs].map((ms) => (
          <text key={ms} className={css['axis']} x={x(ms)} y={HEIGHT - 4} textAnchor="middle">
            {DAY.format(ms)}
          </text>
        ))}
        <line className={css['now']} x1={x(nowMs)} x2={x(nowMs)} y1={0} y2={HEIGHT - BOTTOM} />
        <polyline className={css['line']} points={points} />
        <circle className={css['dot']} cx={x(shown)} cy={y(share(shown))} r={5} />
      </svg>
      <label className={css['reader']}>
        <span className="visually-hidden">A time on the ramp</span>
        <input
          type="range"
          min={first}
          max={last}
          step={(last - first) / 100}
          value={shown}
          aria-valuetext={`${LOCAL.format(shown)}: ${share(shown)} %`}
          onChange={(event) => setAt(Number(event.target.value))}
          onBlur={() => setAt(undefined)}
        />
        <output>
          {at === undefined ? 'now' : LOCAL.format(shown)}: <b>{share(shown)} %</b>
        </output>
      </label>
      <details>
        <summary>As a table</summary>
        <table className={css['table']}>
          <thead>
            <tr>
              <th scope="col">Share</th>
              <th scope="col">Here</th>
              <th scope="col">UTC</th>
            </tr>
          </thead>
          <tbody>
            {[0, 0.25, 0.5, 0.75, 1].map((part) => {
              const ms = startMs + part * (endMs - startMs);
              return (
                <tr key={part}>
                  <td>{share(ms)} %</td>
                  <td>{LOCAL.format(ms)}</td>
                  <td>{new Date(ms).toISOString().slice(0, 16).replace('T', ' ')}</td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </details>
    </figure>
  );
}

/** `Climbs from 5 % to 100 %, 34 % now.` */
export function sentence(ramp: Ramp, nowMs: number): string {
  const way = Number(ramp.to) < Number(ramp.from) ? 'Falls' : 'Climbs';
  const [startMs, endMs] = [Date.parse(ramp.start), Date.parse(ramp.end)];
  const base = `${way} from ${ramp.from} % to ${ramp.to} %, from ${LOCAL.format(startMs)} to ${LOCAL.format(endMs)}`;
  if (nowMs >= endMs) return `${base}. It is finished: ${ramp.to} %.`;
  return nowMs <= startMs ? `${base}. It has not begun.` : `${base}. Now ${shareNow(ramp, nowMs) ?? ''} %.`;
}
