import ELK from 'elkjs/lib/elk.bundled.js';
import type { TidyGraph, TidyReply } from './tidy.ts';

const elk = new ELK();

addEventListener('message', (message: MessageEvent<{ id: number; graph: TidyGraph }>) => {
  const { id, graph } = message.data;
  elk.layout(graph).then(
    (done) => postMessage({ id, ok: true, graph: done as TidyGraph } satisfies TidyReply), // ELK gives back the graph it was given, with places
    (error: unknown) => postMessage({ id, ok: false, message: String(error) } satisfies TidyReply),
  );
});
