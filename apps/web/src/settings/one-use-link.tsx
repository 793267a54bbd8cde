import { Modal } from '@mantine/core';
import { Button } from '../components/button.tsx';
import { CopyButton } from '../components/copy-button.tsx';

/** Something that is shown once: a link to hand over, or a new key. */
export function OneUseLink({
  title,
  text,
  copy,
  children,
  onClose,
}: {
  title: string;
  text: string;
  copy: string;
  children: string;
  onClose: () => void;
}) {
  return (
    <Modal opened onClose={onClose} title={title} size={520}>
      <p className="t2" style={{ marginBottom: 12 }}>
        {children}
      </p>
      <div className="one-use-link">
        <code>{text}</code>
        <CopyButton text={text} label={copy} />
      </div>
      <div className="row g8 dlg-foot">
        <span className="grow" />
        <Button look="primary" size="lg" onClick={onClose}>
          Done
        </Button>
      </div>
    </Modal>
  );
}
