/** The variables of the question about repairs, for at most ten campaigns. Those that are not included repeat the first. */
export function repairsOf(seq: string, campaigns: { seq: string }[]) {
  const id = (at: number) => `commit:${(campaigns[at] ?? campaigns[0])?.seq ?? 0}`;
  const has = (at: number) => at < campaigns.length;
  return {
    seq,
    ...{ c0: id(0), c1: id(1), c2: id(2), c3: id(3), c4: id(4), c5: id(5), c6: id(6), c7: id(7), c8: id(8), c9: id(9) },
    ...{ n1: has(1), n2: has(2), n3: has(3), n4: has(4), n5: has(5), n6: has(6), n7: has(7), n8: has(8), n9: has(9) },
  };
}
