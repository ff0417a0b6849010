import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Member, Roster } from '../src/roster.ts';

class Guest extends Member<Guest> {
  readonly name: number;

  constructor(name: number) {
    super();
    this.name = name;
  }
}

test('it holds what a set would, in the same order', () => {
  const steps = fc.array(fc.tuple(fc.boolean(), fc.nat({ max: 12 })), { maxLength: 60 });
  fc.assert(
    fc.property(steps, (wanted) => {
      const guests = Array.from({ length: 13 }, (_, name) => new Guest(name));
      const roster = new Roster<Guest>();
      const model = new Set<Guest>();
      for (const [comes, name] of wanted) {
        const guest = guests[name];
        if (guest === undefined) continue;
        if (!comes) expect(roster.remove(guest)).toBe(model.delete(guest));
        else if (!model.has(guest)) {
          model.add(guest);
          roster.add(guest);
        }
        const names = [...model].map((each) => each.name);
        expect([...roster].map((each) => each.name)).toEqual(names);
        expect([roster.first?.name, roster.last?.name]).toEqual([names[0], names.at(-1)]);
      }
    }),
  );
});

test('who has gone leads to nobody, so that it keeps nobody alive', () => {
  const [first, second, third] = [new Guest(1), new Guest(2), new Guest(3)];
  const roster = new Roster<Guest>();
  for (const guest of [first, second, third]) roster.add(guest);
  for (const guest of [second, first, third]) roster.remove(guest);
  for (const guest of [first, second, third]) expect([guest.before, guest.after]).toEqual([null, null]);
});
