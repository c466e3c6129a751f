/** Seqs are 64-bit numbers, written as texts: a JavaScript number does not hold all of them. */

/** Returns true if a commit is after another. */
export function isLater(seq: string, than: string): boolean {
  return BigInt(seq) > BigInt(than);
}

/** Returns the number of commits after `from` up to `to`; 0 if there is none. */
export function commitsBetween(from: string, to: string): bigint {
  return isLater(to, from) ? BigInt(to) - BigInt(from) : 0n;
}

/** Returns the seq that is `steps` after another, or before it. */
export function seqFrom(seq: string, steps: number): string {
  return String(BigInt(seq) + BigInt(steps));
}
