import { Plus } from 'lucide-react';
import { useMemo } from 'react';
import { type ContextValues, formatContext } from '../api/context-text.js';
import { type SettingView } from '../api/queries.js';
import { ContextHead } from '../matrix/context-head.js';
import { ContextFields } from '../matrix/context-fields.js';
import { suggestionsOf } from '../matrix/suggestions.js';
import { LETTERS, type Tried } from '../matrix/try-context.js';
import { SavedContexts } from '../matrix/saved-contexts-button.js';
import { Verdict } from '../matrix/verdict.js';
import { useSetSearch } from '../ui/address.js';
import { Button } from '../ui/button.js';
import { CopyMenu } from './copy-menu.js';
import css from './try-panel.module.css';
import { When } from './when.js';

type TryPanelProps = Readonly<{
  setting: SettingView;
  features: readonly string[];
  contexts: readonly ContextValues[];
  tried: readonly Tried[];
  error: Error | null;
  isPending: boolean;
  onJump: (key: string) => void;
}>;

/** One to four contexts, what each gets, and why. They are in the address. */
export function TryPanel({ setting, features, contexts, tried, error, isPending, onJump }: TryPanelProps) {
  const setSearch = useSetSearch();
  const suggestions = useMemo(() => suggestionsOf(setting), [setting]);
  const change = (next: readonly ContextValues[]): void => {
    const [first = {}, ...others] = next;
    setSearch({
      ctx: formatContext(first),
      vs: others.length === 0 ? undefined : others.map((one) => formatContext(one) ?? '-').join(';'),
    });
  };
  const isCompared = contexts.length > 1;
  const isKnown = contexts.some((context) => Object.keys(context).length > 0);
  return (
    <aside className={css['panel']} aria-label="Try a context">
      <header className={css['head']}>
        <h2>Try a context</h2>
        <span className={css['tools']}>
          {!isCompared && <SavedContexts context={contexts[0] ?? {}} onChoose={(chosen) => change([chosen])} />}
          {isKnown && <CopyMenu setting={setting.name} context={contexts[0] ?? {}} />}
        </span>
      </header>
      {contexts.map((context, index) => {
        const result = tried.find(({ context: one }) => formatContext(one) === formatContext(context));
        const hasValues = Object.keys(context).length > 0;
        return (
          <div key={index} className={css['context']}>
            {isCompared && (
              <ContextHead
                index={index}
                context={context}
                onChoose={(chosen) => change(contexts.map((one, at) => (at === index ? chosen : one)))}
                onRemove={() => change(contexts.filter((_, at) => at !== index))}
              />
            )}
            <ContextFields
              features={features}
              context={context}
              suggestions={(feature) => suggestions.get(feature) ?? []}
              onChange={(next) => change(contexts.map((one, at) => (at === index ? next : one)))}
            />
            {hasValues && result !== undefined && (
              <Verdict setting={setting} tried={result} hasLetter={isCompared} onJump={onJump} />
            )}
          </div>
        );
      })}
      <div aria-live="polite" className="visually-hidden">
        {!isPending &&
          tried.map(({ letter, evaluated }) => `${isCompared ? letter : 'It'} gets a value: ${evaluated.why}. `)}
      </div>
      {error !== null && isKnown && <p className={css['error']}>{error.message}</p>}
      {!isKnown && <p className={css['hint']}>What is left empty is unknown, and fulfils no condition.</p>}
      {isKnown && hasRamp(setting) && <When />}
      {isKnown && (
        <div className={css['buttons']}>
          {contexts.length < LETTERS.length && (
            <Button size="small" onClick={() => change([...contexts, {}])}>
              <Plus aria-hidden />
              Compare with another
            </Button>
          )}
          <Button size="small" onClick={() => change([])}>
            Clear
          </Button>
        </div>
      )}
    </aside>
  );
}

/** Else the time makes no difference. */
function hasRamp({ lines }: SettingView): boolean {
  return lines.some((line) => line.kind === 'rollout' && line.ramp !== undefined);
}
