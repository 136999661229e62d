import { misspellingIn } from './misspelled.js';

it.each([
  ['dry_rum=true', 'dry_rum'],
  ['dry-run=true', 'dry-run'],
  ['dryRun', 'dryRun'],
  ['DRY_RUN=1', 'DRY_RUN'],
  ['setting=x&dryrun=true', 'dryrun'],
  ['dry_run=true&dry_rnu=true', 'dry_rnu'],
  ['dr_run', 'dr_run'],
  ['dry_runs=1', 'dry_runs'],
  ['try_run=1', 'try_run'],
  ['dyr_urn=1', 'dyr_urn'],
  ['dry_run%5B%5D=true', 'dry_run[]'],
  ['dry+run=true', 'dry run'],
  ['%64ry%5frum=true', 'dry_rum'],
  ['dry_run%=true', 'dry_run%'],
])('of a write %j has %j', (queryString, found) => {
  expect(misspellingIn(queryString, 'write')).toBe(found);
});

it.each([
  ['asof=5', 'asof'],
  ['as-of=5', 'as-of'],
  ['AS_OF=5', 'AS_OF'],
  ['settings=a&asOf=5', 'asOf'],
  ['as_off=5', 'as_off'],
  ['a_of=5', 'a_of'],
  ['sa_of=5', 'sa_of'],
  ['%61sof=5', 'asof'],
])('of a read %j has %j', (queryString, found) => {
  expect(misspellingIn(queryString, 'read')).toBe(found);
});

it.each(['', '&&=&', 'dry_run=true', 'dry%5Frun=true', 'run=1', 'dry=1', 'draw_row=1', 'dry_rum_x12=1', 'as_of=1'])(
  'of a write %j has none',
  (queryString) => {
    expect(misspellingIn(queryString, 'write')).toBeUndefined();
  },
);

it.each([
  'as_of=5',
  'as%5Fof=5',
  'as=5',
  'of=5',
  'asc=1',
  'sort=name',
  'also=1',
  'soft=1',
  'at=now',
  '_=1700000000',
  'v=as_off',
])('of a read %j has none', (queryString) => {
  expect(misspellingIn(queryString, 'read')).toBeUndefined();
});

it('passes over names that are too long', () => {
  expect(misspellingIn(`${'_'.repeat(60)}asof=5`, 'read')).toBe(`${'_'.repeat(60)}asof`);
  expect(misspellingIn(`${'_'.repeat(61)}asof=5`, 'read')).toBeUndefined();
});
