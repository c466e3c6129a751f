/** `mnist/LABEL/test/00947#1`, and the group of labels that it is in, upstream of `mnist/MODEL/baseline#1`. */
const WRONG = 'version:136f89b724f24042d053d23f288a19ebcf147a8f98b92a916a70218cb75b7ac4';
const LABELS = 'group:1ca8ac73c9afbf2fd600b28b3cdfce95';

/** @type {import('../pages.mjs').Entry[]} */
export const lineage = [
  {
    name: 'lineage',
    path: '/lineage?of=mnist/MODEL/baseline%231',
    at: {
      24: { has: ['20,001 versions (10,000 sources · 10,000 labels · 1 training set), none of them wrong', '4 rows and 3 edges · whole answer · seq 24'], lacks: ['WRONG'] },
      26: {
        has: ['13 wrong', 'mnist/test-set#1 training set 1 up TRAINED_ON → mnist/baseline#1', '10,000 labels of mnist 2 up MEMBER ×10,000 → mnist/test-set#1 13 wrong', 'seq 26'],
      },
      now: { has: ['10,000 sources of mnist 3 up LABELS ×10,000 → 10,000 labels of mnist', '4 rows and 3 edges · whole answer'] },
    },
    controls: ['textbox Lineage of', 'link mnist/test-set#1', 'button Ask', 'button 13 wrong', 'combobox direction', 'button Graph', 'button list of 10,000 labels of mnist'],
  },
  {
    name: 'lineage as a drawing',
    path: '/lineage?of=mnist/MODEL/baseline%231&show=graph',
    at: {
      24: { has: ['10,000 labels of mnist group', 'TRAINED_ON', '4 rows and 3 edges'], lacks: ['13 wrong'] },
      26: { has: ['10,000 labels of mnist group', '13 wrong', '4 rows and 3 edges'] },
      now: { has: ['mnist/baseline#1 model', '13 wrong', 'same answer as a table'] },
    },
    controls: ['button Table', 'button Save as SVG', 'button To the start'],
  },
  {
    name: 'lineage with what is wrong in it',
    path: '/lineage?of=mnist/MODEL/baseline%231&open=wrong',
    at: {
      24: { has: ['Nothing here is wrong as of seq 24.'] },
      26: { has: ['mnist/test/00947#1 WRONG', '13 of 13'] },
      now: { has: ['mnist/test/00947#1 WRONG', '13 of 13'] },
    },
  },
  {
    name: 'lineage with a list and a path',
    path: `/lineage?of=mnist/MODEL/baseline%231&open=wrong&sel=${WRONG}`,
    at: { 26: { has: ['13 of 13', 'How it is connected', '1 path · whole answer · seq 26', 'reviewed by 5 people: 5 of 5 say 9'] } },
  },
  {
    name: 'lineage with a group and a path',
    path: `/lineage?of=mnist/MODEL/baseline%231&open=${LABELS}&bad=1&show=graph&sel=${WRONG}`,
    at: { now: { has: ['10,000 labels of mnist', '13 of 13', '1 path · whole answer'] } },
  },
  {
    name: 'lineage with what is wrong apart',
    path: '/lineage?of=mnist/MODEL/baseline%231&apart=1',
    at: { 26: { has: ['9,987 labels of mnist', 'mnist/test/00947#1 label 2 up MEMBER → mnist/test-set#1 WRONG'] } },
    controls: ['checkbox wrong ones apart'],
  },
  {
    name: 'lineage down',
    path: '/lineage?of=mnist/LABEL/test/00947%231&dir=down',
    at: {
      24: { has: ['What was made of mnist/LABEL/test/00947#1?', 'mnist/test-set#1 training set 1 down MEMBER ← mnist/test/00947#1'] },
      now: { has: ['mnist/baseline#1 model 2 down TRAINED_ON ← mnist/test-set#1'], lacks: ['test-set#2'] },
    },
  },
];
