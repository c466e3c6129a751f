import { lineage } from './pages/lineage.mjs';

/**
 * What the pages show of the demo's data: the one place to add a page. The numbers are those of README.md and
 * docs/tour.md: seq 24 is before the reviews, 26 after them, and "now" has the refreshed sets.
 *
 * @typedef {'24' | '26' | 'now'} Moment
 *
 * @typedef {object} Shown What a page shows at one moment.
 * @property {(string | RegExp)[]} has Texts of the page; white space counts as one space.
 * @property {(string | RegExp)[]} [lacks] Texts that must not be there.
 * @property {'whole' | 'part' | 'none' | 'failed'} [state] The state of its first block (default `whole`).
 *
 * @typedef {object} Entry A deep link. The first one of a page is also taken through its states and its history.
 * @property {string} name
 * @property {string} path Its address, without the moment.
 * @property {Partial<Record<Moment, Shown>>} at
 * @property {string[]} [controls] Controls of the page that Tab reaches, as `role name` (see `keyboard.mjs`).
 * @property {boolean} [hasParts] True if its answer may come in parts, and the page says so.
 * @property {string[]} [marks] The moments to which `,` leads, one after the other, from 26 on.
 * @property {string} [opened] What `x` shows in its first row.
 * @property {{ seq: string, has: string }} [again] What is new to a reader whose last visit was at a moment.
 * @property {Record<string, number>} [rows] The number of rows of lists with more than one page, by the titles of their blocks: they are saved as a whole.
 */

/** More references than Impact shows the statements of at a time. */
const SIX = ['00947', '01621', '01901', '02654', '02597', '09729'].map((key) => `mnist/LABEL/test/${key}`).join();

/** @type {Shown} */
const NOT_YET = { has: ['does not exist yet as of seq 26', 'Other versions as of seq 26'], state: 'none' };

/** @type {Entry[]} */
export const pages = [
  {
    name: 'home',
    path: '/',
    at: {
      24: { has: ['No current model or deployment saw something', 'mnist/test-set#1 10,000 0'], state: 'none' },
      26: { has: ['mnist/baseline#1 13 wrong', 'cifar10/baseline#1 22 wrong', 'mnist/test-set#1 10,000 13'] },
      now: { has: ['No current model or deployment saw something', 'mnist/test-set#2 9,997 0', 'cifar10/test-set#2 9,996 0'], state: 'none' },
    },
    again: { seq: '24', has: 'mnist/test-set#1 13 10,000 mnist/test-set#2' },
    controls: ['link all of them', 'link mnist/test-set#2'],
  },
  {
    name: 'impact',
    path: '/impact',
    at: {
      24: { has: ['Nothing was known to be wrong as of seq 24'], lacks: ['baseline'], state: 'none' },
      26: {
        has: [/mnist\/baseline#1 model 13 wrong mnist\/test-set#1 of 10,000 before the fix not fixed/, /cifar10\/baseline#1 model 22 wrong/, '4 of 4 · whole answer'],
        lacks: ['baseline#2'],
      },
      now: { has: [/mnist\/baseline#1 model 13 wrong mnist\/test-set#1 of 10,000 before the fix mnist\/baseline#2/], lacks: ['not fixed'] },
    },
    marks: ['25'],
    controls: ['textbox What was wrong', 'button Ask', 'button Training sets', 'checkbox only current versions', 'combobox judged by', 'link mnist/baseline#1'],
    hasParts: true,
  },
  {
    name: 'impact by sets',
    path: '/impact?by=sets',
    at: {
      24: { has: ['Nothing was known to be wrong as of seq 24'], state: 'none' },
      26: { has: ['mnist/test-set#1 13 10,000 before the fix not fixed', 'cifar10/test-set#1 22 10,000 before the fix not fixed', 'current'] },
      now: { has: ['mnist/test-set#1 13 10,000 before the fix mnist/test-set#2', 'cifar10/test-set#1 22 10,000 before the fix cifar10/test-set#2'] },
    },
    marks: ['25'],
    opened: 'What is wrong in mnist/test-set#1',
    hasParts: true,
  },
  {
    name: 'impact: what was wrong',
    path: '/impact?by=wrong',
    at: {
      24: { has: ['Nothing of it is known to be wrong as of seq 24.'], state: 'none' },
      26: { has: ['35 of 35', 'mnist/test/00947#1 Corrected by mnist/test/00947#2 class 8 → 9', 'reviewed by 5 people: 5 of 5 say 9 demo in seq 25'] },
      now: { has: ['35 of 35'] },
    },
    controls: ['link mnist/test/09729#1'],
  },
  {
    name: 'impact: what was wrong of one label',
    path: '/impact?by=wrong&wrong=mnist/LABEL/test/00947',
    at: {
      24: { has: ['Nothing of it is known to be wrong as of seq 24.'], state: 'none' },
      now: { has: ['What was wrong of mnist/LABEL/test/00947', 'mnist/test/00947#1 Corrected by mnist/test/00947#2', '1 statement'] },
    },
  },
  {
    name: 'impact: what was wrong of more labels than are shown at a time',
    path: `/impact?by=wrong&wrong=${SIX}`,
    at: {
      24: { has: ['Nothing of it is known to be wrong as of seq 24.', '1 more reference of 6: 1 to 5 6'], state: 'none' },
      now: { has: ['What was wrong of mnist/LABEL/test/00947', 'What was wrong of mnist/LABEL/test/02597'], lacks: ['What was wrong of mnist/LABEL/test/09729'] },
    },
    controls: ['link 6'],
  },
  {
    name: 'impact: what was wrong of the last of many labels',
    path: `/impact?by=wrong&from=5&wrong=${SIX}`,
    at: { now: { has: ['What was wrong of mnist/LABEL/test/09729'], lacks: ['What was wrong of mnist/LABEL/test/00947'] } },
    controls: ['link 1 to 5'],
  },
  {
    name: 'impact: what is wrong in one set',
    path: '/impact?by=sets&wrong=mnist/LABEL/test/00947',
    at: { now: { has: ['mnist/test-set#1 1 10,000 before the fix mnist/test-set#2'] } },
    controls: ['button 1 wrong in mnist/test-set#1: show them'],
  },
  {
    name: 'item',
    path: '/item?ref=mnist/LABEL/test/00947',
    at: {
      24: { has: ['mnist/LABEL/test/00947', '#1 current'], lacks: ['WRONG', '#2'] },
      26: { has: ['#2 current', '#1 WRONG', 'reviewed by 5 people: 5 of 5 say 9', 'mnist/baseline#1 model 1 wrong mnist/test-set#1 of 10,000 before the fix not fixed'] },
      now: { has: ['#2 current', '#1 WRONG', 'reviewed by 5 people: 5 of 5 say 9', 'mnist/baseline#1 model 1 wrong mnist/test-set#1 of 10,000 before the fix mnist/baseline#2'] },
    },
    marks: ['25', '2'],
    controls: ['link seq 25'],
  },
  {
    name: 'item with the labels of a picture',
    path: '/item?ref=digits/SOURCE/digit/0000',
    at: { now: { has: ['digits/digit/0000#1: 0 · of the whole picture', 'digits/digit/0000/ink#1 · tinted where it is not black'] } },
    controls: ['checkbox labels'],
  },
  {
    name: 'item of a name that cannot be read',
    path: '/item?ref=nonsense',
    at: { 26: { has: ['expected a version'], state: 'failed' }, now: { has: ['expected a version'], state: 'failed' } },
  },
  {
    name: 'model',
    path: '/model?ref=mnist/MODEL/baseline%231',
    at: {
      24: { has: ['mnist/MODEL/baseline#1', 'Nothing that it saw is known to be wrong as of seq 24', 'mnist/test-set#1 TRAINED_ON 10,000 0 0'] },
      26: { has: ['It saw 13 members that are known to be wrong as of seq 26', 'mnist/test/00947#1 class 8 → 9', 'mnist/test-set#1 TRAINED_ON 10,000 13'] },
      now: { has: ['It saw 13 members that are known to be wrong', 'the current version is mnist/baseline#2'] },
    },
    controls: ['link mnist/test-set#1', 'link mnist/test/00947#1'],
  },
  {
    name: 'model next to another version',
    path: '/model?ref=mnist/MODEL/baseline%232&vs=mnist/MODEL/baseline%231',
    at: { 26: NOT_YET, now: { has: ['Nothing that it saw is known to be wrong', 'Difference to mnist/MODEL/baseline#1', 'In different versions: 10'] } },
  },
  {
    name: 'set',
    path: '/set?ref=mnist/TRAINING_SET/test-set%231',
    at: {
      24: { has: ['mnist/TRAINING_SET/test-set#1', '10,000 members', 'sound and fresh'] },
      26: { has: ['10,000 members', '13 wrong', '10 superseded'] },
      now: { has: ['10,000 members', '13 wrong', '10 superseded'] },
    },
    controls: ['button Table'],
  },
  {
    name: 'second version of a set',
    path: '/set?ref=mnist/TRAINING_SET/test-set%232',
    at: { 26: NOT_YET, now: { has: ['9,997 members', 'since #1: 10 re-pinned, 3 removed what changed'] } },
    controls: ['link what changed'],
  },
  {
    name: 'what is wrong in a set',
    path: '/set?ref=mnist/TRAINING_SET/test-set%231&tab=wrong',
    at: { 24: { has: ['sound and fresh'] }, 26: { has: ['mnist/test/00947#1 class 8 → 9', 'reviewed by 5 people: 5 of 5 say 9'] } },
    controls: ['link mnist/test/00947#1'],
  },
  {
    name: 'difference of two labels',
    path: '/diff?a=mnist/LABEL/test/00947%231&b=mnist/LABEL/test/00947%232',
    at: {
      26: { has: ['mnist/LABEL/test/00947#1 and mnist/LABEL/test/00947#2', 'reviewed by 5 people: 5 of 5 say 9', /\bclass:? 8 (→ )?9/] },
      now: { has: [/\bclass:? 8 (→ )?9/] },
    },
    controls: ['button Compare'],
  },
  {
    name: 'campaigns',
    path: '/campaigns',
    at: {
      24: { has: ['No commit up to seq 24 says that something was wrong, or right again.'], state: 'none' },
      26: {
        has: ['commit 26 ·', 'commit 25 ·', 'reviews of suspected labels of MNIST', '2 of 2 campaigns', /campaign 25 reviews of suspected labels of MNIST .* demo 13 1 0 of 1 0 of 1 0 of 1 0 of 1/],
      },
      now: { has: [/campaign 26 reviews of suspected labels of CIFAR-10 .* demo 22 1 1 of 1 1 of 1 1 of 1 0 of 1/] },
    },
    controls: ['link commit 26', 'link campaign 25'],
  },
  {
    name: 'campaigns before 26',
    path: '/campaigns?before=26',
    at: { now: { has: ['commit 25 ·', '1 of 2 campaigns'], lacks: ['campaign 26'] } },
    controls: ['button To the newest'],
  },
  {
    name: 'campaign',
    path: '/campaign?commit=25',
    at: {
      24: { has: ['Commit 25 does not exist yet as of seq 24'], state: 'none' },
      26: { has: ['It found 13 wrong versions, which 1 training set held. 0 of 1 done.', 'mnist/test-set refresh the set mnist/test-set#1 not yet', 'No deployment in use saw'] },
      now: { has: ['It found 13 wrong versions', 'deploy it', 'median: under 1 s after the correction', 'mnist/test-set#2'] },
    },
    controls: ['combobox next step', 'link Its impact', 'link mnist/test-set#1'],
  },
  {
    name: 'campaign of a commit that said nothing',
    path: '/campaign?commit=3',
    at: { now: { has: ['Commit 3 did not say that anything was wrong.'], state: 'none' } },
  },
  {
    name: 'log',
    path: '/log',
    at: {
      24: { has: ['24 of 24 · seq 24', /24 \S+ \d+, .* demo the CIFAR-10 test set as published, and a model that saw it 3 2/], lacks: ['corrections', 'with statements'] },
      26: { has: ['26 of 26 · seq 26', 'underlined: with statements', 'reviews of suspected labels of MNIST 10 10 corrections, 3 retractions'] },
      now: { has: ['reviews of suspected labels of CIFAR-10 18 18 corrections, 4 retractions'] },
    },
    controls: ['link 25', 'link demo'],
  },
  {
    name: 'log before 10',
    path: '/log?before=10',
    at: { now: { has: ['Commits before 10', /9 of \d+ · seq/, 'labels 7000 to 7999'], lacks: ['labels 8000'] } },
    controls: ['button To the newest'],
  },
  {
    name: 'commit',
    path: '/commit?seq=25',
    at: {
      24: { has: ['Commit 25 does not exist yet as of seq 24'], state: 'none' },
      26: {
        has: ['reviews of suspected labels of MNIST', 'mnist/test/00947#1 label Corrected by mnist/test/00947#2 class 8 → 9', 'Statements 1 to 13: there are no more', '10 of 10', 'It moved no tag.'],
      },
      now: { has: ['mnist/test/02654#1 label Retracted', 'Statements 1 to 13: there are no more'] },
    },
    controls: ['link Its impact', 'link What was affected just before (seq 24)', 'link What was affected just after (seq 25)', 'link mnist/test/00947#1'],
  },
  {
    name: 'commit with many versions and tags',
    path: '/commit?seq=34',
    rows: { 'Versions it made': 198, 'Tags it moved': 198 },
    at: { now: { has: ['25 of 198', 'use-case:postcodes', 'It said nothing about a version.'] } },
    controls: ['button Next'],
  },
  {
    name: 'search',
    path: '/search?q=00947&kind=LABEL',
    at: {
      24: { has: ['mnist/test/00947 label #1 class 8', 'cifar10/test/00947', '2 of 2 · seq 24'] },
      26: { has: ['mnist/test/00947 label #2 class 9', '2 of 2 · seq 26'] },
      now: { has: ['mnist/test/00947 label #2 class 9'] },
    },
    controls: ['textbox words', 'textbox attributes', 'button Search', 'checkbox label', 'combobox current version', 'combobox order', 'link mnist/test/00947'],
  },
  {
    name: 'search by class',
    rows: { Items: 1009 },
    path: '/search?ns=mnist&kind=LABEL&attr=class:in:9&sort=newest',
    at: {
      24: { has: ['50 of 1,009 · seq 24', 'labels 1,009', 'mnist 1,009'] },
      26: { has: ['50 of 1,009 · seq 26', 'mnist/test/00947 label #2 class 9'] },
      now: { has: ['50 of 1,009'] },
    },
    controls: ['link mnist/test/00947'],
  },
  {
    name: 'search by a namespace and the beginning of a key',
    path: '/search?ns=mnist&key=test/00947',
    at: { now: { has: ['mnist/test/00947 source', 'mnist/test/00947 label #2 class 9', '2 of 2'] } },
  },
  {
    name: 'search for what is wrong',
    path: '/search?wrong=1',
    at: {
      24: { has: ['Nothing matches all of this, as of seq 24.'], state: 'none' },
      26: { has: ['7 of 7 · seq 26', 'mnist/test/02654 label #1 WRONG'] },
      now: { has: ['7 of 7', 'mnist/test/02654 label #1 WRONG'] },
    },
  },
  {
    name: 'search with a condition that cannot be read',
    path: '/search?attr=class',
    at: { now: { has: ['Expected conditions such as class:in:3,5'], state: 'failed' } },
  },
  {
    name: 'search for bytes',
    path: '/search?q=b3:73c01a675f855f43b4458419c3cd22d44fc6b58ccd8bf6b08d771439a5037f4d',
    at: { 26: { has: ['No version has these bytes, as of seq 26.'], state: 'none' }, now: { has: ['digits/digit/0000#1 source current', '1 of 1'] } },
    controls: ['link digits/digit/0000#1'],
  },
  {
    name: 'leakage',
    path: '/leakage?a=mnist/TRAINING_SET/test-set%231&b=cifar10/TRAINING_SET/test-set%231',
    at: {
      24: { has: ['Nothing leaks: mnist/TRAINING_SET/test-set#1 and cifar10/TRAINING_SET/test-set#1 have nothing in common, as of seq 24.'], state: 'none' },
      26: { has: ['Nothing leaks:', 'as of seq 26'], state: 'none' },
      now: { has: ['Nothing leaks:'], state: 'none' },
    },
    controls: ['textbox training set', 'textbox split', 'button Compare', 'checkbox the same version'],
  },
  {
    name: 'leakage between two versions of a set',
    path: '/leakage?a=mnist/TRAINING_SET/test-set%231&b=mnist/TRAINING_SET/test-set%232&kinds=SAME_ITEM',
    at: {
      26: { has: ['test-set#2', 'NOT_FOUND'], state: 'failed' },
      now: { has: ['have something in common: 10 findings.', 'versions of one item – 1 1 1 mnist/test/00947#1 TEST and mnist/test/00947#2 TEST'] },
    },
    hasParts: true,
  },
  {
    name: 'leakage with pictures',
    path: '/leakage?a=digits/TRAINING_SET/digits&b=digits/TRAINING_SET/ink',
    at: { now: { has: ['have something in common: 99 findings.', 'made from the same digits/digit/0000#1 source 1 2 2'] } },
    controls: ['link digits/digit/0000/crop#1', 'button Next'],
  },
  ...lineage,
  {
    name: 'difference of sets',
    path: '/diff?a=mnist/TRAINING_SET/test-set%231&b=mnist/TRAINING_SET/test-set%232',
    at: {
      26: { has: ['There is no mnist/TRAINING_SET/test-set#2 as of seq 26.', 'Look at now'] },
      now: {
        has: ['Re-pinned 10', 'Added 0', 'Removed 3', 'class 8 → 9', 'Corrected by demo in seq 25: “reviewed by 5 people: 5 of 5 say 9”', '10 of 10 · whole answer'],
      },
    },
    controls: ['textbox first', 'textbox second', 'button Compare', 'button Made from', 'button Removed 3', 'combobox split', 'link mnist/test/00947#1'],
  },
  {
    name: 'difference of sets in one split',
    path: '/diff?a=mnist/TRAINING_SET/test-set%231&b=mnist/TRAINING_SET/test-set%232&split=TEST',
    at: { now: { has: ['Members in TEST', 'Re-pinned 10', 'Added 0', 'Removed 3', '10 of 10'] } },
  },
  {
    name: 'difference of members by class',
    path: '/diff?a=mnist/TRAINING_SET/test-set%231&b=mnist/TRAINING_SET/test-set%232&attr=class:in:5',
    at: { now: { has: ['Re-pinned 4', 'Removed 0', 'mnist/test/02597#1', '4 of 4'], lacks: ['mnist/test/00947'] } },
    controls: ['button Every value'],
  },
  {
    name: 'difference of ancestors by class',
    path: '/diff?a=mnist/TRAINING_SET/test-set%231&b=mnist/TRAINING_SET/test-set%232&what=provenance&attr=class:in:6',
    at: { now: { has: ['Other versions 0', 'Only of the second 4', 'Only of the first 3', '955 versions are common to both', 'Corrected by demo in seq 25'] } },
  },
  {
    name: 'difference of labels',
    path: '/diff?a=mnist/LABEL/test/00947%231',
    at: {
      24: { has: ['Their content is equal.'] },
      26: { has: ['attributes/class 8 9 differs', 'seq 26'] },
      now: { has: ['attributes/class 8 9 differs', 'attributes/name "8" "9" differs'] },
    },
  },
];
