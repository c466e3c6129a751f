import { type ComponentType, type LazyExoticComponent, lazy } from 'react';

/** A page: one segment of the address, so that the relative base of the build holds for all of them. */
export interface Route {
  path: string;
  /** Its name in the header and in the list of keys. */
  name: string;
  /** The letter that opens it after `g`. */
  key?: string | undefined;
  /** What the bar of the moment marks: the versions of the item that `ref` names and what was said about them, or all commits with statements. */
  marks?: 'item' | 'statements' | undefined;
  /** True for pages that need no reference to be useful, so that the header lists them. */
  isListed: boolean;
  Page: LazyExoticComponent<ComponentType>;
}

type Rest = Partial<Pick<Route, 'key' | 'isListed' | 'marks'>>;

const page = (path: string, name: string, load: () => Promise<{ Page: ComponentType }>, { key, isListed = false, marks }: Rest = {}): Route => ({
  path,
  name,
  key,
  isListed,
  marks,
  Page: lazy(async () => ({ default: (await load()).Page })),
});

/** All pages. The server answers these names and no others: `src/http/ui.rs` has the same list, and a test compares them. */
export const routes: Route[] = [
  page('', 'Home', () => import('./pages/home/Page'), { key: 'h', isListed: true, marks: 'statements' }),
  page('impact', 'Impact', () => import('./pages/impact/Page'), { key: 'i', isListed: true, marks: 'statements' }),
  page('campaigns', 'Campaigns', () => import('./pages/campaigns/Page'), { key: 'c', isListed: true }),
  page('search', 'Search', () => import('./pages/search/Page'), { isListed: true }),
  page('log', 'Log', () => import('./pages/log/Page'), { key: 'l', isListed: true }),
  page('item', 'Item', () => import('./pages/item/Page'), { marks: 'item' }),
  page('model', 'Models', () => import('./pages/model/Page'), { key: 'm', isListed: true, marks: 'item' }),
  page('set', 'Training sets', () => import('./pages/set/Page'), { key: 's', isListed: true, marks: 'item' }),
  page('lineage', 'Lineage', () => import('./pages/lineage/Page')),
  page('diff', 'Difference', () => import('./pages/diff/Page')),
  page('campaign', 'Campaign', () => import('./pages/campaign/Page')),
  page('commit', 'Commit', () => import('./pages/commit/Page')),
  page('leakage', 'Leakage', () => import('./pages/leakage/Page')),
];
