import { type ReactNode } from 'react';
import { cx } from './cx.js';
import css from './table.module.css';

export type TableColumn<Row> = Readonly<{
  title: string;
  isNumber?: boolean;
  /** Where it may need more room than others (CSS width). */
  width?: string;
  cell: (row: Row) => ReactNode;
}>;

type TableProps<Row> = Readonly<{
  /** What it shows, for who does not see it. */
  caption: string;
  columns: readonly TableColumn<Row>[];
  rows: readonly Row[];
  keyOf: (row: Row) => string;
}>;

/** Some dozens of rows. Lists that may be long have tables of their own. */
export function Table<Row>({ caption, columns, rows, keyOf }: TableProps<Row>) {
  return (
    <table className={css['table']} role="table">
      <caption className="visually-hidden">{caption}</caption>
      <thead role="rowgroup">
        <tr role="row">
          {columns.map(({ title, isNumber, width }) => (
            <th
              key={title}
              scope="col"
              role="columnheader"
              className={cx(isNumber === true && css['number'])}
              style={{ width }}
            >
              {title}
            </th>
          ))}
        </tr>
      </thead>
      <tbody role="rowgroup">
        {rows.map((row) => (
          <tr key={keyOf(row)} role="row">
            {columns.map(({ title, isNumber, cell }) => (
              <td
                key={title}
                role="cell"
                data-title={title.toLowerCase()}
                className={cx(isNumber === true && css['number'])}
              >
                {cell(row)}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
