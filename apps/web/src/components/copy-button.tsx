import { IconCheck, IconCopy } from '@tabler/icons-react';
import { useEffect, useState } from 'react';

export function CopyButton({ text, label }: { text: string | (() => string); label: string }) {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), 1_500);
    return () => clearTimeout(timer);
  }, [copied]);
  return (
    <button
      type="button"
      className="plain t3 copy"
      aria-label={copied ? 'Copied' : label}
      title={label}
      onClick={() => {
        void navigator.clipboard.writeText(typeof text === 'string' ? text : text()).then(() => setCopied(true));
      }}
    >
      {copied ? <IconCheck className="ic" size={14} stroke={1.8} /> : <IconCopy className="ic" size={14} stroke={1.8} />}
    </button>
  );
}
