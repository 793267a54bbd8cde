import { useQuery } from '@tanstack/react-query';
import type { TaskComment } from '@perdure/server/contract';
import { errorText } from '../api/describe-error.ts';
import { trpc } from '../api/trpc.ts';
import { Avatar } from '../components/avatar.tsx';
import { formatMomentShort } from '../components/moment.ts';
import { Skeleton } from '../components/skeleton.tsx';
import { markMentions } from './mention-text.ts';

/** What people said, oldest first. Texts are shown as they were written; only mentions stand out. */
export function TaskComments({ taskId }: { taskId: string }) {
  const comments = useQuery(trpc.tasks.comments.queryOptions({ id: taskId }));
  return (
    <section aria-label="Comments">
      <h3>Comments</h3>
      {comments.isPending ? <Skeleton height={40} /> : null}
      {comments.isError && !comments.data ? (
        <p className="s12 t3" role="alert">
          {errorText(comments.error)}
        </p>
      ) : null}
      {comments.data?.length === 0 ? <p className="s12 t3">None yet.</p> : null}
      {comments.data?.map((comment) => (
        <Comment key={comment.id} comment={comment} />
      ))}
    </section>
  );
}

function Comment({ comment }: { comment: TaskComment }) {
  return (
    <article className="cm">
      <Avatar name={comment.by.name} />
      <div className="grow">
        <div className="row g6">
          <span className="b6 ell">{comment.by.name}</span>
          <time className="s12 t3 num nowrap" dateTime={comment.at}>
            {formatMomentShort(comment.at)}
          </time>
        </div>
        <p className="t1">
          {markMentions(
            comment.text,
            comment.mentions.map(({ name }) => name),
          ).map((part, at) =>
            part.isMention ? (
              <span key={at} className="mention">
                {part.text}
              </span>
            ) : (
              part.text
            ),
          )}
        </p>
      </div>
    </article>
  );
}
