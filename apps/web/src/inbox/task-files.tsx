import { IconDownload, IconFile, IconTrash, IconUpload, IconX } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import type { TaskDetail, TaskFile } from '@perdure/server/contract';
import { trpc } from '../api/trpc.ts';
import { useMe } from '../api/use-me.ts';
import { Button } from '../components/button.tsx';
import { bytesText } from '../components/bytes-text.ts';
import { Dialog } from '../components/dialog.tsx';
import { formatMomentShort } from '../components/moment.ts';
import { StatusIcon } from '../status/status-icon.tsx';
import type { FileUploads } from './use-file-uploads.ts';

/** The task's files: those that are there, those on their way, and a place to drop more. */
export function TaskFiles({ task, uploads, refusal }: { task: TaskDetail; uploads: FileUploads; refusal: string | null }) {
  const picker = useRef<HTMLInputElement>(null);
  const [removing, setRemoving] = useState<TaskFile | null>(null);
  const me = useMe().data?.user.id;
  return (
    <>
      {task.files.length === 0 && uploads.running.length === 0 ? <p className="s12 t3 none">No files yet.</p> : null}
      <ul className="files" aria-label="Files">
        {task.files.map((file) => (
          <li key={file.id}>
            <IconFile className="ic t3" size={16} stroke={1.8} />
            <div className="grow">
              <a className="b5 ell" href={fileAddress(task.id, file.id)} download={file.name}>
                {file.name}
              </a>
              <div className="s12 t3 ell">
                {bytesText(file.bytes)}, {file.by.id === me ? 'you' : file.by.name} {formatMomentShort(file.at)}
              </div>
            </div>
            <a className="btn ghost icon sm" href={fileAddress(task.id, file.id)} download={file.name} aria-label={`Download ${file.name}`}>
              <IconDownload className="ic" stroke={1.8} />
            </a>
            {file.by.id === me && task.status === 'open' ? (
              <Button
                look="ghost"
                size="sm"
                icon={<IconTrash className="ic" stroke={1.8} />}
                aria-label={`Remove ${file.name}…`}
                onClick={() => setRemoving(file)}
              />
            ) : null}
          </li>
        ))}
        {uploads.running.map((upload) => (
          <li key={upload.key}>
            {upload.problem === null ? <IconUpload className="ic t3" size={16} stroke={1.8} /> : <StatusIcon shape="error" />}
            <div className="grow">
              <div className="b5 ell">{upload.name}</div>
              {upload.problem === null ? (
                <progress max={1} value={upload.done} aria-label={`Uploading ${upload.name}`} />
              ) : (
                <div className="s12 problem" role="alert">
                  {upload.problem}
                </div>
              )}
            </div>
            {upload.problem === null ? null : (
              <Button
                look="ghost"
                size="sm"
                icon={<IconX className="ic" stroke={1.8} />}
                aria-label={`Dismiss ${upload.name}`}
                onClick={() => uploads.dismiss(upload.key)}
              />
            )}
          </li>
        ))}
      </ul>
      {refusal === null ? (
        <div className="drop">
          <span className="s12 t3">Drop files here, paste them into a comment, or</span>
          <Button size="sm" onClick={() => picker.current?.click()}>
            Choose files…
          </Button>
          <span className="s12 t3">Up to 25 MB each.</span>
          <input
            ref={picker}
            type="file"
            multiple
            hidden
            aria-label="Files to attach"
            onChange={(event) => {
              uploads.add([...(event.currentTarget.files ?? [])]);
              event.currentTarget.value = '';
            }}
          />
        </div>
      ) : null}
      {removing ? <RemoveDialog taskId={task.id} file={removing} onClose={() => setRemoving(null)} /> : null}
    </>
  );
}

function RemoveDialog({ taskId, file, onClose }: { taskId: string; file: TaskFile; onClose: () => void }) {
  const queries = useQueryClient();
  const remove = useMutation(
    trpc.tasks.removeFile.mutationOptions({
      onSuccess: () => {
        void queries.invalidateQueries({ queryKey: trpc.tasks.pathKey() });
        onClose();
      },
    }),
  );
  return (
    <Dialog
      opened
      onClose={onClose}
      title="Remove 1 file"
      action="Remove 1 file"
      danger
      busy={remove.isPending}
      error={remove.error}
      onAction={() => remove.mutate({ id: taskId, file: file.id })}
    >
      <p className="t2">{file.name} is gone for everybody. This cannot be taken back.</p>
    </Dialog>
  );
}

const fileAddress = (taskId: string, fileId: string): string =>
  `/api/tasks/${encodeURIComponent(taskId)}/files/${encodeURIComponent(fileId)}`;
