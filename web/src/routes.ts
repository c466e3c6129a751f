import { type ComponentType, type LazyExoticComponent, lazy } from 'react';

/** A page: one segment of the address, so that the relative base of the build holds for all of them. */
export interface Route {
  path: string;
  /** Its name in the header and in the list of keys. */
  name: string;
  /** The letter that opens it after `g`. */
  key?: string | undefined;
  /** True for pages that need no reference to be useful, so that the header lists them. */
  isListed: boolean;
  Page: LazyExoticComponent<ComponentType>;
}

const page = (path: string, name: string, load: () => Promise<{ Page: ComponentType }>, key?: string, isListed = false): Route => ({
  path,
  name,
  key,
  isListed,
  Page: lazy(async () => ({ default: (await load()).Page })),
});

/** All pages. The server answers these names and no others: `src/http/ui.rs` has the same list, and a test compares them. */
export const routes: Route[] = [
  page('', 'Home', () => import('./pages/home/Page'), 'h', true),
  page('impact', 'Impact', () => import('./pages/impact/Page'), 'i', true),
  page('campaigns', 'Campaigns', () => import('./pages/campaigns/Page'), 'c', true),
  page('search', 'Search', () => import('./pages/search/Page'), undefined, true),
  page('log', 'Log', () => import('./pages/log/Page'), 'l', true),
  page('item', 'Item', () => import('./pages/item/Page')),
  page('model', 'Models', () => import('./pages/model/Page'), 'm', true),
  page('set', 'Training sets', () => import('./pages/set/Page'), 's', true),
  page('lineage', 'Lineage', () => import('./pages/lineage/Page')),
  page('diff', 'Difference', () => import('./pages/diff/Page')),
  page('campaign', 'Campaign', () => import('./pages/campaign/Page')),
  page('commit', 'Commit', () => import('./pages/commit/Page')),
  page('leakage', 'Leakage', () => import('./pages/leakage/Page')),
];
