import { MODES, type Mode } from '../../picture/Compare';
import { flag, integer, oneOf, optional, text } from '../../url/params';
import type { ItemQuery } from './queries/item.gen';
import type { VersionsQuery } from './queries/versions.gen';

/** The state of the page: an item or one of its versions, the two versions that are compared, and how. */
export const ITEM = {
  ref: text(),
  before: optional,
  v: integer(0, 1, 999_999_999),
  w: integer(0, 1, 999_999_999),
  mode: oneOf<Mode | 'auto'>(['auto', ...MODES], 'auto'),
  /** True if labels are not drawn. */
  plain: flag,
};

export type Item = NonNullable<ItemQuery['at']['named']>['item'];
export type Listed = Item['history']['nodes'][number];
export type Compared = NonNullable<VersionsQuery['at']['new']>;
export type Shown = NonNullable<VersionsQuery['at']['shown']>;
