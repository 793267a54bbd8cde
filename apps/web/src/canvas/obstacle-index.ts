export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

export function overlap(a: Box, b: Box): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

export function isInside(inner: Box, outer: Box): boolean {
  return (
    inner.x >= outer.x &&
    inner.y >= outer.y &&
    inner.x + inner.width <= outer.x + outer.width &&
    inner.y + inner.height <= outer.y + outer.height
  );
}

/** Boxes found by the grid cells they touch, so that routing an edge asks only about its surroundings. */
export class ObstacleIndex {
  readonly #cells = new Map<number, Box[]>();
  readonly #cell = 320;

  constructor(boxes: Iterable<Box>) {
    for (const box of boxes) {
      this.#eachCell(box, (key) => {
        const cell = this.#cells.get(key);
        if (cell) cell.push(box);
        else this.#cells.set(key, [box]);
      });
    }
  }

  /** The boxes that a horizontal or vertical segment runs through, those only touched at their rim excepted. */
  along(x1: number, y1: number, x2: number, y2: number): Set<Box> {
    const area = { x: Math.min(x1, x2), y: Math.min(y1, y2), width: Math.abs(x2 - x1), height: Math.abs(y2 - y1) };
    const hit = new Set<Box>();
    this.#eachCell(area, (key) => {
      for (const box of this.#cells.get(key) ?? []) {
        const crossed =
          area.width === 0
            ? box.x < area.x && area.x < box.x + box.width && box.y < area.y + area.height && area.y < box.y + box.height
            : area.height === 0
              ? box.y < area.y && area.y < box.y + box.height && box.x < area.x + area.width && area.x < box.x + box.width
              : overlap(box, area);
        if (crossed) hit.add(box);
      }
    });
    return hit;
  }

  #eachCell(area: Box, visit: (key: number) => void): void {
    const size = this.#cell;
    // Coordinates are 1e7 at most, so that a row fits beside its column in one exact number.
    for (let column = Math.floor(area.x / size); column <= Math.floor((area.x + area.width) / size); column += 1) {
      for (let row = Math.floor(area.y / size); row <= Math.floor((area.y + area.height) / size); row += 1) visit(column * 1_000_003 + row);
    }
  }
}
