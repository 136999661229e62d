import { useQuery } from '@tanstack/react-query';
import { Plus } from 'lucide-react';
import { useMemo } from 'react';
import { type ContextValues, formatContext, parseContext } from '../api/context-text.js';
import { contextFeaturesQuery } from '../api/queries.js';
import { ContextHead } from '../matrix/context-head.js';
import { ContextFields } from '../matrix/context-fields.js';
import { LETTERS } from '../matrix/try-context.js';
import { useSearchTexts, useSetSearch } from '../ui/address.js';
import { Button } from '../ui/button.js';
import { Failure } from '../ui/failure.js';
import { Page } from '../ui/page.js';
import css from './try.module.css';
import { TryResults } from './try-results.js';
import { useNamedValues } from './use-named-values.js';

const NONE: readonly string[] = [];

/** What one to four contexts get of all settings: where that is not the default, or where they differ. */
export function TryPage() {
  const { ctx, vs, only } = useSearchTexts();
  const setSearch = useSetSearch();
  const { data: answer, error } = useQuery(contextFeaturesQuery());
  const features = answer?.data.context_features ?? NONE;
  const named = useNamedValues(features);
  const contexts = useMemo(
    () => [ctx, ...(vs === undefined ? [] : vs.split(';'))].slice(0, LETTERS.length).map(parseContext),
    [ctx, vs],
  );
  const change = (next: readonly ContextValues[]): void => {
    const [first = {}, ...others] = next;
    const texts = others.map((one) => formatContext(one) ?? '-');
    setSearch({ ctx: formatContext(first), vs: texts.length === 0 ? undefined : texts.join(';') });
  };
  const isCompared = contexts.length > 1;
  return (
    <Page title="Try a context">
      <p className={css['lead']}>What is left empty is unknown, and fulfils no condition.</p>
      {error !== null && <Failure error={error} />}
      <div className={css['contexts']}>
        {contexts.map((context, index) => (
          <section
            key={index}
            className={css['context']}
            aria-label={isCompared ? `Context ${LETTERS[index]}` : 'Context'}
          >
            <ContextHead
              index={index}
              context={context}
              onChoose={(chosen) => change(contexts.map((one, at) => (at === index ? chosen : one)))}
              onRemove={isCompared ? () => change(contexts.filter((_, at) => at !== index)) : undefined}
            />
            <ContextFields
              features={features}
              context={context}
              suggestions={(feature) => named.get(feature) ?? NONE}
              onChange={(next) => change(contexts.map((one, at) => (at === index ? next : one)))}
            />
          </section>
        ))}
        {contexts.length < LETTERS.length && (
          <Button onClick={() => change([...contexts, {}])}>
            <Plus aria-hidden />
            Compare with another
          </Button>
        )}
      </div>
      <TryResults
        contexts={contexts}
        isDifferencesOnly={only === 'differences'}
        onDifferencesOnly={(isOn) => setSearch({ only: isOn ? 'differences' : undefined })}
      />
    </Page>
  );
}
