import { type EntityManager } from 'typeorm';

/** Those that may put another row in the place of one that is written to a table of rules; ours run after rows, or once for a statement. */
const REWRITING = `
  select t.tgrelid::regclass::text || '.' || t.tgname as name
    from pg_trigger t
   where t.tgrelid in ('rules'::regclass, 'conditions'::regclass)
     and not t.tgisinternal and t.tgenabled <> 'D' and t.tgtype::integer & 3 = 3
   order by 1`;

/** The triggers of an operator's own that may change what is written, such as `rules.upper_values`. */
export async function rewritingTriggers(db: EntityManager): Promise<readonly string[]> {
  const rows = await db.query<readonly { name: string }[]>(REWRITING);
  return rows.map(({ name }) => name);
}
