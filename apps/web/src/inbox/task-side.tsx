import { useState } from 'react';
import type { TaskDetail } from '@perdure/server/contract';
import { Tabs } from '../components/tabs.tsx';
import { CommentComposer } from './comment-composer.tsx';
import { TaskComments } from './task-comments.tsx';
import { TaskFiles } from './task-files.tsx';
import { TaskPlan } from './task-plan.tsx';
import { TaskTrail } from './task-trail.tsx';
import { useFileUploads } from './use-file-uploads.ts';

type SideTab = 'overview' | 'trail' | 'files';

/** Beside the form: what people say about the task, what has happened to it, what will, and its files. */
export function TaskSide({ task, isGone }: { task: TaskDetail; /** The server does not know it any more. */ isGone: boolean }) {
  const [tab, setTab] = useState<SideTab>('overview');
  const uploads = useFileUploads(task.id, () => setTab('files'));
  const refusal = isGone ? 'The task no longer exists' : task.status === 'open' ? null : 'The task is closed';
  return (
    <aside
      className="side"
      aria-label="Comments, activity and files"
      onDragOver={(event) => {
        if (event.dataTransfer.types.includes('Files')) event.preventDefault();
      }}
      onDrop={(event) => {
        if (event.dataTransfer.files.length === 0) return;
        event.preventDefault();
        if (refusal === null) uploads.add([...event.dataTransfer.files]);
      }}
    >
      <div className="bar">
        <Tabs<SideTab>
          label="About the task"
          height={44}
          panelId="task-side"
          value={tab}
          onChange={setTab}
          items={[
            { key: 'overview', label: 'Overview' },
            { key: 'trail', label: 'Audit trail' },
            { key: 'files', label: 'Files', count: task.files.length > 0 ? <span className="nb">{task.files.length}</span> : undefined },
          ]}
        />
      </div>
      <div
        className="sbody"
        id="task-side"
        role="tabpanel"
        tabIndex={0}
        aria-label={tab === 'files' ? 'Files' : tab === 'trail' ? 'Audit trail' : 'Overview'}
      >
        {tab === 'overview' ? (
          <>
            <TaskComments taskId={task.id} />
            <h3>Activity</h3>
            <TaskTrail task={task} latest={5} />
            <TaskPlan task={task} />
          </>
        ) : tab === 'trail' ? (
          <TaskTrail task={task} />
        ) : (
          <TaskFiles task={task} uploads={uploads} refusal={refusal} />
        )}
      </div>
      {/* Kept while another tab is looked at, as attaching a file does: what was written stays in it. */}
      <CommentComposer task={task} hidden={tab !== 'overview'} isGone={isGone} noFiles={refusal} onFiles={uploads.add} />
    </aside>
  );
}
