import { QueryClient, QueryClientProvider, type QueryKey } from '@tanstack/react-query';
import { createMemoryHistory, createRootRoute, createRouter, RouterProvider } from '@tanstack/react-router';
import { render } from '@testing-library/react';
import { type ReactNode } from 'react';

/** Shows a part of a page in a test, with a router that links go by, and what would be read: by the key of its query. */
export async function renderPage(part: ReactNode, read: readonly (readonly [QueryKey, unknown])[] = []): Promise<void> {
  const client = new QueryClient({ defaultOptions: { queries: { staleTime: Infinity, retry: false } } });
  for (const [key, answer] of read) client.setQueryData(key, answer);
  const router = createRouter({
    routeTree: createRootRoute({ component: () => part }),
    history: createMemoryHistory(),
  });
  // Not in jsdom, which has no layout.
  window.scrollTo = () => undefined;
  await router.load();
  render(
    <QueryClientProvider client={client}>
      <RouterProvider router={router as never} />
    </QueryClientProvider>,
  );
}
