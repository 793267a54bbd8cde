import { Modal } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { connection } from '../api/connection.ts';
import { describeError } from '../api/describe-error.ts';
import { useMe } from '../api/use-me.ts';

/** How often the page looks whether somebody has signed in again. */
const LOOK_EVERY_MS = 3_000;

/**
 * The session has ended while a page was open. The page stays as it is, with everything typed into it; once the same person has signed in
 * again, in another tab, it goes on where it was. Somebody else's page begins anew.
 */
export function SessionOver() {
  const me = useMe();
  const queries = useQueryClient();
  const { refetch } = me;
  const over = me.isError && describeError(me.error).code === 'auth.required';
  const before = useRef(me.data?.user.id);
  const wasOver = useRef(false);

  useEffect(() => {
    if (!over) return;
    wasOver.current = true;
    const timer = setInterval(() => void refetch(), LOOK_EVERY_MS);
    return () => clearInterval(timer);
  }, [over, refetch]);

  useEffect(() => {
    if (over || !me.isSuccess) return;
    if (before.current !== undefined && before.current !== me.data.user.id) return location.reload();
    before.current = me.data.user.id;
    if (!wasOver.current) return;
    wasOver.current = false;
    connection.signedInAgain();
    void queries.invalidateQueries();
  }, [over, me.isSuccess, me.data, queries]);

  return (
    <Modal opened={over} onClose={() => {}} title="Your session has ended" withCloseButton={false} closeOnEscape={false} size={440}>
      <p className="t2">
        This page stays as it is, and what you have typed is kept in this browser. Sign in again as {me.data?.user.name}, then come back
        here.
      </p>
      <div className="row g8" style={{ marginTop: 16 }}>
        <span className="s12 t3 grow" role="status">
          Waiting for you to sign in
        </span>
        <a className="btn primary lg" href="/sign-in" target="_blank" rel="opener">
          Sign in in a new tab
        </a>
      </div>
    </Modal>
  );
}
