import { screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { ApiError } from '../api/api-error.js';
import { Failure } from './failure.js';
import { renderPage } from './render-page.js';

it('the id of a request that failed is copied', async () => {
  const user = userEvent.setup();
  const problem = { status: 500, detail: 'internal error', code: 'internal_error', errors: [] };
  const error = new ApiError(500, problem, 'req-7f3a');
  await renderPage(<Failure error={error} />);
  await user.click(await screen.findByRole('button', { name: 'Copy the request id' }));
  expect(await navigator.clipboard.readText()).toBe('req-7f3a');
});
