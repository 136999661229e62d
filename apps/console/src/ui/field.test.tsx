import { render, screen } from '@testing-library/react';
import { ApiError } from '../api/api-error.js';
import { Field, FormError, FormSummary, Input } from './field.js';

const refused = new ApiError(
  422,
  {
    status: 422,
    detail: 'two things are wrong',
    code: 'malformed',
    errors: [
      { field: 'feature_values.acount', message: 'there is no "acount"', code: 'x', pointer: '/feature_values/acount' },
      { field: 'metadata', message: 'is too long', code: 'x', pointer: '/metadata' },
    ],
  },
  'r-1',
);

it('a field shows what the service refused of its member, and the summary what no field shows', () => {
  render(
    <FormError value={refused}>
      <Field label="Where" pointer="/feature_values">
        <Input />
      </Field>
      <FormSummary error={refused} pointers={['/feature_values']} />
    </FormError>,
  );
  const input = screen.getByRole('textbox', { name: 'Where' });
  expect(input.getAttribute('aria-invalid')).toBe('true');
  const described = (input.getAttribute('aria-describedby') ?? '').split(' ').map((id) => document.getElementById(id));
  expect(described.map((element) => element?.textContent)).toContain('there is no "acount"');
  expect(screen.getByRole('alert').textContent).toBe('is too long');
});
