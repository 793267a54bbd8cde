export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** Boxes found by the grid cells they touch, so that routing an edge asks only about its surroundings. */
export class ObstacleIndex {
  readonly #cells = new Map<string, Box[]>();
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
        const apart =
          box.x >= area.x + area.width || box.x + box.width <= area.x || box.y >= area.y + area.height || box.y + box.height <= area.y;
        const crossed =
          area.width === 0
            ? box.x < area.x && area.x < box.x + box.width && box.y < area.y + area.height && area.y < box.y + box.height
            : area.height === 0
              ? box.y < area.y && area.y < box.y + box.height && box.x < area.x + area.width && area.x < box.x + box.width
              : !apart;
        if (crossed) hit.add(box);
      }
    });
    return hit;
  }

  #eachCell(area: Box, visit: (key: string) => void): void {
    const size = this.#cell;
    for (let column = Math.floor(area.x / size); column <= Math.floor((area.x + area.width) / size); column += 1) {
      for (let row = Math.floor(area.y / size); row <= Math.floor((area.y + area.height) / size); row += 1) visit(`${column},${row}`);
    }
  }
}
