/**
 * The outlines of a grid of class numbers, one path for each class.
 *
 * `classes: [rows, columns]` row-major, a unit square a cell, row 0 on top. Neighbours of one class in a row
 * become one rectangle, so a 200 × 200 decision map takes tens of kilobytes instead of 40,000 elements.
 * @returns class number to the `d` attribute of its path
 */
export function cellPaths(classes: ArrayLike<number>, rows: number, columns: number): Map<number, string> {
  const pieces = new Map<number, string[]>();
  for (let row = 0; row < rows; row++) {
    let start = 0;
    for (let column = 1; column <= columns; column++) {
      const current = classes[row * columns + start];
      if (column < columns && classes[row * columns + column] === current) continue;
      const list = pieces.get(current) ?? [];
      list.push(`M${start} ${row}h${column - start}v1h${start - column}z`);
      pieces.set(current, list);
      start = column;
    }
  }
  return new Map([...pieces].map(([key, list]) => [key, list.join("")]));
}
