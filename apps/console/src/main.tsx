import './tokens.css';
import { CSPProvider } from '@base-ui/react/csp-provider';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { ConfigContext, loadConfig } from './api/config.js';
import { Elsewhere } from './auth/elsewhere.js';
import { SessionGate } from './auth/session-gate.js';
import { arrive } from './auth/sign-in.js';
import { makeQueryClient } from './api/queries.js';
import { makeRouter } from './routes.js';
import { Away } from './shell/away.js';
import { slots } from './slots.js';
import { SlotsContext } from './ui/slots.js';
import { Toasts } from './ui/toast.js';

// The service writes it relative to the address it was asked for; from here on the address changes.
const base = document.querySelector('base');
if (base !== null) base.href = document.baseURI;

const root = createRoot(document.getElementById('root') ?? document.body);

async function start(): Promise<void> {
  const config = await loadConfig();
  const arrival = await arrive(config.oauth);
  if (arrival.kind === 'elsewhere') return root.render(<Elsewhere />);
  const queryClient = makeQueryClient();
  const router = makeRouter(new URL(document.baseURI).pathname, queryClient);
  root.render(
    <StrictMode>
      <CSPProvider disableStyleElements>
        <ConfigContext value={config}>
          <SlotsContext value={slots}>
            <QueryClientProvider client={queryClient}>
              <SessionGate problem={arrival.kind === 'refused' ? arrival.problem : undefined}>
                <RouterProvider router={router} />
              </SessionGate>
              <Toasts />
            </QueryClientProvider>
          </SlotsContext>
        </ConfigContext>
      </CSPProvider>
    </StrictMode>,
  );
}

function begin(): void {
  start().catch((error: unknown) => root.render(<Away error={error} retry={begin} />));
}

begin();
