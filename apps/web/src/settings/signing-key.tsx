import { Button } from '../components/button.tsx';
import { CopyButton } from '../components/copy-button.tsx';

/** A key that webhooks are signed with. Shown when asked for, as that is recorded. */
export function SigningKey({
  shown,
  busy,
  refusal = null,
  onShow,
}: {
  shown: string | undefined;
  busy: boolean;
  refusal?: string | null;
  onShow: (renew: boolean) => void;
}) {
  if (shown === undefined)
    return (
      <div className="row g8">
        <Button size="sm" busy={busy} refusal={refusal} onClick={() => onShow(false)}>
          Show the signing key
        </Button>
        <Button size="sm" look="ghost" busy={busy} refusal={refusal} onClick={() => onShow(true)}>
          Make another one
        </Button>
      </div>
    );
  return (
    <div className="row g8">
      <span className="mono ell" style={{ minWidth: 0 }}>
        {shown}
      </span>
      <CopyButton text={shown} label="Copy the signing key" />
    </div>
  );
}
