import { StatusIcon } from '../status/status-icon.tsx';

/** Why a form was not taken, read out when it appears. */
export function FormFault({ text }: { text: string | null }) {
  return (
    <div role="alert">
      {text === null ? null : (
        <span className="row g6" style={{ color: 'var(--failed)', alignItems: 'flex-start' }}>
          <span style={{ paddingTop: 3 }}>
            <StatusIcon shape="error" />
          </span>
          {text}
        </span>
      )}
    </div>
  );
}
