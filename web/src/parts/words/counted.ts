/** Writes a number with its noun: `1 commit`, `10,000 commits`. */
export function counted(count: number | bigint, noun: string, plural = `${noun}s`): string {
  return `${count.toLocaleString()} ${Number(count) === 1 ? noun : plural}`;
}
