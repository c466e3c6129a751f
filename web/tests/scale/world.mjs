import { createWriteStream } from 'node:fs';
import { once } from 'node:events';

const NAMESPACE = 'scale';
/** Sets of one slice of the labels each; labels 0 to 9 are in all of them. */
const SETS = 60;
const SET = 1_000;
const ALL = `${NAMESPACE}/TRAINING_SET/all`;
/** Versions of the first label. */
const VERSIONS = 150;
/** Campaigns, each of one commit that corrects some labels. */
const CAMPAIGNS = 40;
export const CORRECTIONS = 25;

/**
 * Photos, labels made from them and crops made from the labels; many sets and a large one, all in two versions; models,
 * evaluations and deployments of them, and one model of all. The first label has a long history.
 *
 * @param {number} versions
 */
export function* records(versions) {
  const places = placesOf(versions);
  for (let n = 0; n < places; n += 1) {
    yield { type: 'version', item: `${NAMESPACE}/SOURCE/photo/${n}`, attributes: { camera: `north ${n % 40}`, width: 1280, height: 960, taken: n } };
    yield { type: 'version', item: label(n), attributes: attributes(n, n % 200), sources: [{ version: `${NAMESPACE}/SOURCE/photo/${n}`, role: 'LABELS' }] };
    yield { type: 'version', item: `${NAMESPACE}/DERIVED/crop/${n}`, attributes: { x: n % 900, y: n % 700, width: 224, height: 224 }, sources: [{ version: label(n), role: 'INPUT' }] };
  }
  for (let version = 1; version < VERSIONS; version += 1) yield { type: 'version', item: label(0), attributes: attributes(version, version % 200) };
  for (let set = 0; set < SETS; set += 1) {
    const item = `${NAMESPACE}/TRAINING_SET/slice/${set}`;
    const members = [...membersOf(set, places)].map((n, at) => ({ version: label(n), split: at % 4 === 3 ? 'TEST' : 'TRAIN' }));
    yield { type: 'training_set', item, members: members.slice(0, -50) };
    yield { type: 'training_set', item, members: members.slice(50) };
    yield { type: 'tag', name: 'production', version: `${item}#2`, alias: true };
    yield* uses(`slice/${set}`, [`${item}#1`]);
  }
  const select = { namespaces: [NAMESPACE], kinds: ['LABEL'], split: 'TRAIN' };
  yield { type: 'training_set', item: ALL, select };
  yield { type: 'version', item: `${NAMESPACE}/SOURCE/photo/late`, attributes: {} };
  yield { type: 'version', item: `${NAMESPACE}/LABEL/photo/late`, attributes: attributes(0, 7), sources: [{ version: `${NAMESPACE}/SOURCE/photo/late`, role: 'LABELS' }] };
  yield { type: 'training_set', item: ALL, select };
  yield* uses('union', [`${ALL}#1`, ...Array.from({ length: SETS }, (_, set) => `${NAMESPACE}/TRAINING_SET/slice/${set}#1`)]);
}

/** Corrections of labels that many sets hold, to be written in commits of `CORRECTIONS` records. @param {number} versions */
export function* corrections(versions) {
  const places = placesOf(versions);
  for (let n = 0; n < CAMPAIGNS * CORRECTIONS; n += 1) {
    const place = 1 + ((n * 7) % (places - 1));
    yield { type: 'statement', kind: 'CORRECTS', version: `${label(place)}#1`, attributes: attributes(place, (place + 1) % 200), reason: `review ${n}: two of three people say class ${(place + 1) % 200}` };
  }
}

/** The first version of the first label that was corrected. */
export const firstWrong = `${label(1)}#1`;

/**
 * Deep links to all pages: at least one a page, and those with the most to show. LAST is the newest commit, and WRONG the
 * hash of `firstWrong`.
 */
export const links = {
  home: '/',
  impact: '/impact',
  'impact by sets': '/impact?by=sets',
  'what was wrong': '/impact?by=wrong',
  item: `/item?ref=${label(0)}`,
  'item in many sets': `/item?ref=${label(8)}`,
  'a training set as an item': `/item?ref=${ALL}`,
  models: '/model',
  model: `/model?ref=${NAMESPACE}/MODEL/union%231`,
  sets: '/set',
  set: `/set?ref=${ALL}%231`,
  'what is wrong in a set': `/set?ref=${ALL}%231&tab=wrong`,
  lineage: `/lineage?of=${NAMESPACE}/MODEL/union%231`,
  'lineage as a drawing': `/lineage?of=${NAMESPACE}/MODEL/union%231&show=graph`,
  'lineage with a list and a path': `/lineage?of=${NAMESPACE}/MODEL/union%231&open=wrong&sel=WRONG`,
  'lineage down': `/lineage?of=${label(8)}%231&dir=down`,
  difference: `/diff?a=${ALL}%231&b=${ALL}%232`,
  'difference of slices': `/diff?a=${NAMESPACE}/TRAINING_SET/slice/0%231&b=${NAMESPACE}/TRAINING_SET/slice/1%231`,
  campaigns: '/campaigns',
  campaign: '/campaign?commit=LAST',
  search: '/search',
  'search by class': `/search?ns=${NAMESPACE}&kind=LABEL&attr=class:in:3,4,5&sort=newest`,
  log: '/log',
  'commit of versions': '/commit?seq=5',
  'commit of corrections': '/commit?seq=LAST',
  leakage: `/leakage?a=${ALL}%231&b=${NAMESPACE}/TRAINING_SET/slice/0%231`,
};

/** @param {number} n */
function label(n) {
  return `${NAMESPACE}/LABEL/photo/${n}`;
}

/** @param {number} versions */
const placesOf = (versions) => Math.max(3 * SET, Math.floor(versions / 3));

/** @param {number} n @param {number} number */
function attributes(n, number) {
  return { class: number, name: `class ${number}`, bbox: [n % 900, n % 700, 40 + (n % 50), 30 + (n % 40)], annotator: `person ${n % 12}` };
}

/** @param {number} set @param {number} places */
function* membersOf(set, places) {
  for (let n = 0; n < 10; n += 1) yield n;
  const first = 10 + ((set * SET) % (places - SET));
  for (let n = first; n < first + SET - 10; n += 1) yield n;
}

/** A model of these sets, its evaluation and its deployment. @param {string} key @param {string[]} sets */
function* uses(key, sets) {
  const model = `${NAMESPACE}/MODEL/${key}`;
  yield { type: 'version', item: model, attributes: { framework: 'any' }, sources: sets.map((version) => ({ version, role: 'TRAINED_ON' })) };
  yield { type: 'version', item: `${NAMESPACE}/EVALUATION/${key}`, attributes: { accuracy: 0.93 }, sources: [{ version: model, role: 'INPUT' }] };
  yield { type: 'version', item: `${NAMESPACE}/DEPLOYMENT/${key}`, attributes: {}, sources: [{ version: model, role: 'INPUT' }] };
}

/** Writes records as lines. @param {string} path @param {Iterable<unknown>} all */
export async function write(path, all) {
  const file = createWriteStream(path);
  let lines = '';
  for (const record of all) {
    lines += `${JSON.stringify(record)}\n`;
    if (lines.length < 1 << 20) continue;
    if (!file.write(lines)) await once(file, 'drain');
    lines = '';
  }
  file.end(lines);
  await once(file, 'finish');
}
