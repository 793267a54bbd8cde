import { describe, expect, it } from 'vitest';
import { suggestKey } from './suggest-key.ts';
import { readWorkflowFile } from './workflow-file.ts';

const document = {
  formatVersion: 1,
  nodes: [{ id: 'start', type: 'start', title: 'Start', parent: null, position: { x: 0, y: 0 }, config: {} }],
  edges: [],
};

describe('readWorkflowFile', () => {
  it('reads what export writes, and a bare document', () => {
    expect(readWorkflowFile(JSON.stringify({ key: 'a', title: 'A', document }))).toMatchObject({
      ok: true,
      file: { key: 'a', title: 'A' },
    });
    expect(readWorkflowFile(JSON.stringify(document))).toMatchObject({ ok: true, file: { key: null, title: null } });
  });

  it('says where broken JSON breaks', () => {
    expect(readWorkflowFile('{\n  "nodes": 3,\n}')).toMatchObject({ ok: false, line: 3 });
  });

  it('names the problems of JSON that is not a workflow', () => {
    const result = readWorkflowFile(JSON.stringify({ document: { ...document, surprise: 1 } }));
    expect(result.ok).toBe(false);
    expect(result.ok ? [] : result.problems).not.toHaveLength(0);
    expect(readWorkflowFile('[1]')).toMatchObject({ ok: false, problems: [] });
  });
});

describe('suggestKey', () => {
  it('makes a key of any title', () => {
    expect(suggestKey('Order approval (EU)')).toBe('order-approval-eu');
    expect(suggestKey('Été à Oslo')).toBe('ete-a-oslo');
    expect(suggestKey('承認')).toBe('');
  });
});
