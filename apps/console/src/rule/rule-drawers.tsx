import { leastContext, makeEvaluator, parseJson } from '@heksher/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { parseContext } from '../api/context-text.js';
import { type SettingView } from '../api/queries.js';
import { columnsOf } from '../matrix/lines.js';
import { useSearchTexts, useSetSearch } from '../ui/address.js';
import { Drawer, DrawerFrame, DrawerSkeleton } from '../ui/drawer.js';
import { Failure } from '../ui/failure.js';
import { useFirst } from '../ui/use-first.js';
import { DeleteRule } from './delete-rule.js';
import { OverrideDrawer } from './override-drawer.js';
import { RuleDrawer } from './rule-drawer.js';
import { readRule, type TaggedRule } from './stored-rule.js';
import { useEvaluable } from './use-rule-effect.js';

/** What `?edit=` opens of rules: `new`, `rule-7`, `like-rule-7`, `everyone`; and `?delete=rule-7`. */
export function RuleDrawers({ setting }: Readonly<{ setting: SettingView }>) {
  const { edit, delete: deleted } = useSearchTexts();
  const setSearch = useSetSearch();
  const close = () => setSearch({ edit: undefined, delete: undefined });
  const doomed = idIn(/^rule-(\d+)$/, deleted);
  if (doomed !== undefined) return <DeleteRule setting={setting} id={doomed} onClose={close} />;
  const edited = editedBy(edit, setting, close);
  return edited === null ? null : <DrawerFrame onClose={close}>{edited}</DrawerFrame>;
}

function editedBy(edit: string | undefined, setting: SettingView, close: () => void): ReactNode {
  if (edit === 'everyone') return <OverrideDrawer setting={setting} onClose={close} />;
  if (edit === 'new') return <NewRule key="new" setting={setting} onClose={close} />;
  const like = idIn(/^like-rule-(\d+)$/, edit);
  if (like !== undefined) return <ReadRule key={edit} setting={setting} id={like} isCopy onClose={close} />;
  const id = idIn(/^rule-(\d+)$/, edit);
  if (id !== undefined) return <ReadRule key={edit} setting={setting} id={id} isCopy={false} onClose={close} />;
  return null;
}

function idIn(pattern: RegExp, text: string | undefined): number | undefined {
  const digits = pattern.exec(text ?? '')?.[1];
  return digits === undefined ? undefined : Number(digits);
}

type NewRuleProps = Readonly<{ setting: SettingView; onClose: () => void }>;

/** Begins with the context that is tried, and with what it gets now. */
function NewRule({ setting, onClose }: NewRuleProps) {
  const { ctx } = useSearchTexts();
  const evaluable = useEvaluable(setting);
  const [begin, setBegin] = useState<TaggedRule>();
  if (begin === undefined && evaluable !== undefined) {
    const tried = parseContext(ctx);
    const conditions = columnsOf(setting).flatMap((feature) => {
      const value = tried[feature];
      return value === undefined ? [] : [[feature, value] as const];
    });
    const { value } = makeEvaluator(evaluable).evaluate(leastContext(conditions), Date.now());
    setBegin({ conditions, value: parseJson(value) });
  }
  if (begin === undefined) return <DrawerSkeleton title="Add a rule" onClose={onClose} />;
  return <RuleDrawer setting={setting} begin={begin} onClose={onClose} />;
}

type ReadRuleProps = Readonly<{ setting: SettingView; id: number; isCopy: boolean; onClose: () => void }>;

/** The rule is read when the drawer opens, with its tag; what comes later does not move under the hands of who edits. */
function ReadRule({ setting, id, isCopy, onClose }: ReadRuleProps) {
  const client = useQueryClient();
  const { data, error } = useQuery({
    queryKey: ['rule-begin', id],
    queryFn: () => readRule(client, id, columnsOf(setting)),
    staleTime: Infinity,
    gcTime: 0,
    refetchOnWindowFocus: false,
  });
  const begin = useFirst(data);
  const title = isCopy ? 'Add a rule' : `Rule ${id}`;
  if (begin !== undefined)
    return <RuleDrawer setting={setting} {...(!isCopy && { id })} begin={begin} onClose={onClose} />;
  if (error === null) return <DrawerSkeleton title={title} onClose={onClose} />;
  return (
    <Drawer title={title} onClose={onClose}>
      <Failure error={error} />
    </Drawer>
  );
}
