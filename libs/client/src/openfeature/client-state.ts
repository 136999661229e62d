import { type OpenFeatureEventEmitter, ProviderEvents } from '@openfeature/server-sdk';
import { type HeksherClient } from '../client.js';
import { messageOf } from '../errors.js';
import { type ClientStatus } from '../status.js';

type State = ProviderEvents.Ready | ProviderEvents.Stale | ProviderEvents.Error;

/**
 * Makes events of what happens to a client: its values changed; they may be old, since the service or its database is away;
 * there are none but declared defaults; all is well again. Returns what ends that.
 */
export function followClient(client: HeksherClient, events: OpenFeatureEventEmitter): () => void {
  let emitted: State = ProviderEvents.Ready;
  const emitState = (status: ClientStatus): void => {
    const state = stateOf(status);
    if (state === emitted) return;
    emitted = state;
    events.emit(state, detailsOf(status));
  };
  const endStatus = client.onStatus(emitState);
  const endChanges = client.onChange((changed) =>
    events.emit(ProviderEvents.ConfigurationChanged, { flagsChanged: [...changed] }),
  );
  // Only after the SDK has said that the provider is ready, which it does where initializing did not fail.
  const timer = setTimeout(() => emitState(client.status()), 0);
  return () => {
    clearTimeout(timer);
    endStatus();
    endChanges();
  };
}

function stateOf({ state, source, isStale }: ClientStatus): State {
  if (source === 'defaults' && state !== 'serving') return ProviderEvents.Error;
  return state === 'serving' && !isStale ? ProviderEvents.Ready : ProviderEvents.Stale;
}

function detailsOf({ state, lastError, isStale }: ClientStatus): { message?: string } {
  if (state === 'closed') return { message: 'the client is closed' };
  if (lastError !== undefined) return { message: messageOf(lastError) };
  return isStale ? { message: "the service's database is away" } : {};
}
