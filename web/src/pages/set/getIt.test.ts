import { describe, expect, it } from 'vitest';

import { annotationsLine, checkoutLine, downloadLine, exportPath, pythonProgram } from './getIt';

const wanted = {
  set: { item: { namespace: 'birds', kind: 'TRAINING_SET', key: "garden's/../best" }, number: 3 },
  split: undefined,
  seq: '36',
  server: 'http://127.0.0.1:8080',
  hasToken: false,
};

describe('the lines', () => {
  it('quote names for the shell, and write below the current folder only', () => {
    expect(checkoutLine(wanted)).toBe(
      `stemma checkout 'birds/TRAINING_SET/garden'\\''s/../best#3' './garden-s-..-best-3' --as-of 36 --server 'http://127.0.0.1:8080'`,
    );
  });

  it('name the split where there is one', () => {
    expect(annotationsLine({ ...wanted, split: 'TRAIN' }, 'yolo')).toContain(`--format yolo --dir './garden-s-..-best-3-yolo' --split 'TRAIN'`);
    expect(exportPath({ ...wanted, split: 'TRAIN' }, 'coco')).toContain('&split=TRAIN&asOf=36');
    expect(exportPath({ ...wanted, split: 'TRAIN' }, 'croissant')).not.toContain('split');
  });

  it('never contain a token', () => {
    const protectedSet = { ...wanted, hasToken: true };
    expect(downloadLine(protectedSet, 'coco')).toContain('$STEMMA_TOKEN');
    expect(pythonProgram(protectedSet)).toContain('os.environ["STEMMA_TOKEN"]');
    expect(pythonProgram(wanted)).not.toContain('Authorization');
  });
});
