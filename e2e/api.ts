/** What a program does with the installation's key, for what a journey finds done already. */
import type { ServerProcess } from '@perdure/testing/server-process';

/** Gives what the server answers, if anything: the caller says what that is. Throws unless it says yes. */
export async function callApi<Answer = unknown>(
  { origin, apiKey }: ServerProcess,
  method: 'GET' | 'POST' | 'PUT' | 'DELETE',
  path: string,
  body?: object,
): Promise<Answer> {
  const answer = await fetch(origin + path, {
    method,
    headers: { 'content-type': 'application/json', 'x-functions-key': apiKey },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}: ${text}`);
  return (text === '' ? undefined : JSON.parse(text)) as Answer; // as the caller says
}

/** A new workflow with its first version. */
export async function publishWorkflow(perdure: ServerProcess, key: string, title: string, document: object): Promise<void> {
  await callApi(perdure, 'POST', '/api/workflows', { key, title, document });
  await callApi(perdure, 'POST', `/api/workflows/${key}/publish`, {});
}

export async function startInstance(perdure: ServerProcess, workflow: string, id: string, input: object = {}): Promise<void> {
  await callApi(perdure, 'POST', `/runtime/webhooks/durabletask/orchestrators/${workflow}/${id}`, input);
}
