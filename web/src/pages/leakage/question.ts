import type { LeakageKind } from '../../schema.gen';
import { type Param, optional, text } from '../../url/params';

export const KINDS = ['COMMON_MEMBER', 'SAME_ITEM', 'COMMON_ANCESTOR', 'EQUAL_PAYLOAD', 'EQUAL_CONTENT'] as const satisfies LeakageKind[];

/** What the members of a finding have in common. */
export const IN_COMMON: Record<LeakageKind, string> = {
  COMMON_MEMBER: 'the same version',
  SAME_ITEM: 'versions of one item',
  COMMON_ANCESTOR: 'made from the same',
  EQUAL_PAYLOAD: 'the same bytes',
  EQUAL_CONTENT: 'equal content',
};

/** Kinds with commas between them; empty for all. Unknown ones are ignored. */
const kinds: Param<LeakageKind[]> = {
  read: (value) => KINDS.filter((kind) => value?.split(',').includes(kind)),
  write: (value) => (value.length === 0 || value.length === KINDS.length ? null : value.join(',')),
};

/** The state of the page: two sets or two splits of one, and the kinds of findings. */
export const LEAKAGE = { a: text(), sa: text(), b: text(), sb: text(), kinds, after: optional };

/** Names a set, with its split. */
export function partInWords(set: string, split: string): string {
  return split === '' ? set : `${split} of ${set}`;
}
