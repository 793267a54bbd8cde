import { expect, test } from 'vitest';
import { nextAlert, type AlertTiming, type OpenFiring } from './next-alert.ts';

const rule: AlertTiming = { threshold: 10, cooldownSeconds: 0, remindEverySeconds: null, tellResolved: true };
const at = (second: number) => new Date(second * 1_000);

/** Plays values, one a second, and gives what was told when. */
function play(timing: Partial<AlertTiming>, values: readonly (number | null)[]): string[] {
  let open: OpenFiring | null = null;
  let last: Date | null = null;
  let id = 0n;
  const told: string[] = [];
  for (const [second, value] of values.entries()) {
    const move = nextAlert({ ...rule, ...timing }, open, last, value, at(second));
    if (move.do === 'begin') open = { id: ++id, worst: move.worst, toldAt: null };
    if (move.do === 'end') open = null;
    if (move.do !== 'nothing' && move.tell !== null) {
      told.push(`${second} ${move.tell}`);
      if (open !== null) last = open.toldAt = at(second);
    }
  }
  return told;
}

test('L1 it is told of once while it stays true', () => {
  expect(play({}, [9, 10, 11, 30, 10])).toEqual(['1 firing']);
});

test('L2 L4 it is told of again only after it was false, and its end is told', () => {
  expect(play({}, [10, 9, 10, null, 10])).toEqual(['0 firing', '1 resolved', '2 firing', '3 resolved', '4 firing']);
  expect(play({ tellResolved: false }, [10, 9, 10])).toEqual(['0 firing', '2 firing']);
});

test('L1 it reminds as often as the rule says, and not more often', () => {
  expect(play({ remindEverySeconds: 3 }, [10, 10, 10, 10, 10, 10, 10, 9])).toEqual(['0 firing', '3 reminder', '6 reminder', '7 resolved']);
});

test('L3 L4 within the cooldown a firing is kept quiet, with its end; one that outlasts it is told of', () => {
  expect(play({ cooldownSeconds: 5 }, [10, 0, 10, 0, 0, 0, 10])).toEqual(['0 firing', '1 resolved', '6 firing']);
  expect(play({ cooldownSeconds: 5 }, [10, 0, 0, 10, 10, 10, 10, 0])).toEqual(['0 firing', '1 resolved', '5 firing', '7 resolved']);
});

test('the worst value is kept', () => {
  expect(nextAlert(rule, { id: 1n, worst: 20, toldAt: at(0) }, at(0), 15, at(1))).toMatchObject({ do: 'go-on', worst: 20 });
  expect(nextAlert(rule, { id: 1n, worst: 20, toldAt: at(0) }, at(0), 25, at(1))).toMatchObject({ do: 'go-on', worst: 25 });
});
