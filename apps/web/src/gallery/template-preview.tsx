import { useComputedColorScheme } from '@mantine/core';
import { fillTemplate, parseDocument, templateValueProblems, type TemplateValues } from '@perdure/graph';
import type { TemplateDetail } from '@perdure/server/contract';
import { useEffect, useMemo, useState } from 'react';
import { drawPicture } from '../transfer/picture.tsx';

/** The template as it would be created, as a picture. While a value does not fit, the last drawing stays. */
export function TemplatePreview({ template, values }: { template: TemplateDetail | undefined; values: TemplateValues }) {
  const scheme = useComputedColorScheme('light');
  const document = useMemo(() => {
    if (!template || templateValueProblems(template.parameters, values).length > 0) return null;
    const parsed = parseDocument(fillTemplate(template.document, template.parameters, values));
    return parsed.ok ? parsed.document : null;
  }, [template, values]);
  const [drawn, setDrawn] = useState<{ url: string; width: number } | null>(null);
  const [failed, setFailed] = useState(false);

  useEffect(() => {
    if (!document) return;
    let isLatest = true;
    drawPicture(document, { scheme, background: false, only: null }).then(
      ({ svg, width }) => {
        if (!isLatest) return;
        setFailed(false);
        setDrawn({ url: URL.createObjectURL(new Blob([svg], { type: 'image/svg+xml' })), width });
      },
      () => isLatest && setFailed(true),
    );
    return () => {
      isLatest = false;
    };
  }, [document, scheme]);

  const url = drawn?.url;
  useEffect(() => {
    if (url !== undefined) return () => URL.revokeObjectURL(url);
    return undefined;
  }, [url]);

  return (
    // Long workflows are taller than it: scrolled by keyboard as well.
    <div className="gl-preview" role="region" aria-label="Preview" aria-busy={drawn === null && !failed} tabIndex={0}>
      {drawn && template ? <img src={drawn.url} alt={`Drawing of ${template.title}`} style={{ width: drawn.width }} /> : null}
      {failed ? <p className="t2">The preview cannot be drawn.</p> : null}
    </div>
  );
}
