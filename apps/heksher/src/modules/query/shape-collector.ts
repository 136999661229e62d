import { type Shape } from './rule-table.js';

type GrowingShape = { rank: number; features: readonly string[]; rows: number[]; columns: number[][] };

/** Sorts the rows of a table that is being made by the features that their rules have conditions on. */
export class ShapeCollector {
  private readonly shapes = new Map<readonly string[], GrowingShape>();
  private readonly seen = new Set<string>();

  /** Takes the next row; not (false) where one has these very conditions. Equal lists of features must be one list. */
  add(features: readonly string[], values: readonly number[]): boolean {
    const shape = this.shapes.get(features) ?? this.begin(features);
    const row = this.seen.size;
    if (row === this.seen.add(`${shape.rank}:${values.join()}`).size) return false;
    shape.rows.push(row);
    for (const [index, value] of values.entries()) shape.columns[index]?.push(value);
    return true;
  }

  collected(): readonly Shape[] {
    return Array.from(this.shapes.values(), ({ features, rows, columns }) => ({
      features,
      rows: Int32Array.from(rows),
      columns: columns.map((column) => Int32Array.from(column)),
    }));
  }

  private begin(features: readonly string[]): GrowingShape {
    const shape: GrowingShape = { rank: this.shapes.size, features, rows: [], columns: features.map(() => []) };
    this.shapes.set(features, shape);
    return shape;
  }
}

/** What a rule asks for: features, and for each the number of the value. */
export type ConditionsOfRow = Readonly<{ features: readonly string[]; values: readonly number[] }>;

/** Gives the conditions of each row of a table. */
export function conditionsByRow(shapes: readonly Shape[], rowCount: number): (row: number) => ConditionsOfRow {
  const shapeOf = new Int32Array(rowCount);
  const placeOf = new Int32Array(rowCount);
  for (const [rank, { rows }] of shapes.entries()) {
    for (const [place, row] of rows.entries()) {
      shapeOf[row] = rank;
      placeOf[row] = place;
    }
  }
  return (row) => {
    const { features = [], columns = [] } = shapes[shapeOf[row] ?? 0] ?? {};
    const place = placeOf[row] ?? 0;
    return { features, values: columns.map((column) => column[place] ?? 0) };
  };
}
