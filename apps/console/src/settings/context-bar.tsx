import { useQuery } from '@tanstack/react-query';
import { type ContextValues, formatContext } from '../api/context-text.js';
import { contextFeaturesQuery } from '../api/queries.js';
import { ContextFields } from '../matrix/context-fields.js';
import { SavedContexts } from '../matrix/saved-contexts-button.js';
import { useSetSearch } from '../ui/address.js';
import css from './settings.module.css';

const NONE: readonly string[] = [];

/** A context for which each row of the list shows its value. */
export function ContextBar({ context }: Readonly<{ context: ContextValues }>) {
  const setSearch = useSetSearch();
  const { data: answer } = useQuery(contextFeaturesQuery());
  return (
    <section className={css['contextBar']} aria-label="Values for a context">
      <ContextFields
        features={answer?.data.context_features ?? NONE}
        context={context}
        suggestions={() => NONE}
        onChange={(next) => setSearch({ ctx: formatContext(next) ?? '-' })}
      />
      <SavedContexts context={context} onChoose={(chosen) => setSearch({ ctx: formatContext(chosen) })} />
    </section>
  );
}
