import type { Page } from 'playwright-core';

/**
 * What a browser's page shows of itself: the time from one animation frame to the next, long tasks, and how long the screen took to follow
 * an input. The recorder is put into every document before the page's own scripts.
 */
export interface FrameTimes {
  /** Milliseconds from frame to frame, as the screen asked for them. */
  deltas: number[];
  /** Tasks of more than 50 ms. */
  longTasks: number[];
  /** From each key press until the frame after it was drawn. */
  inputs: number[];
}

// A text, because it runs in the page: this package's types are Node's.
export const frameRecorder = `
  (() => {
    const recorder = { deltas: [], longTasks: [], inputs: [], on: false };
    window.frameRecorder = recorder;
    new PerformanceObserver((list) => {
      if (recorder.on) for (const entry of list.getEntries()) recorder.longTasks.push(entry.duration);
    }).observe({ entryTypes: ['longtask'] });
    window.addEventListener('keydown', (event) => {
      if (!recorder.on) return;
      const at = event.timeStamp;
      requestAnimationFrame(() => {
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = () => recorder.inputs.push(performance.now() - at);
        port2.postMessage(null);
      });
    }, true);
    let frame = 0;
    recorder.start = () => {
      Object.assign(recorder, { deltas: [], longTasks: [], inputs: [], on: true });
      let last = 0;
      const tick = (now) => {
        if (last > 0) recorder.deltas.push(now - last);
        last = now;
        frame = requestAnimationFrame(tick);
      };
      frame = requestAnimationFrame(tick);
    };
    recorder.stop = () => {
      recorder.on = false;
      cancelAnimationFrame(frame);
      return { deltas: recorder.deltas, longTasks: recorder.longTasks, inputs: recorder.inputs };
    };
    /* From now until the canvas has everything it will show: the frame after which nothing more came for 20 frames. */
    recorder.untilComplete = () => new Promise((settle) => {
      let shown = '';
      let at = 0;
      let still = 0;
      const began = recorder.clickedAt ?? 0;
      const look = () => {
        const far = document.querySelector('.wf-far');
        const count = document.querySelectorAll('.wf-canvas .react-flow__node, .wf-canvas .react-flow__edge').length;
        const now = far || count > 0 ? [count, far?.width ?? 0, far?.dataset.drawn ?? ''].join() : '';
        if (now !== shown) {
          shown = now;
          at = 0;
          still = 0;
          const { port1, port2 } = new MessageChannel();
          port1.onmessage = () => (at = performance.now());
          port2.postMessage(null);
        } else if (now !== '') still += 1;
        if (still >= 20 && at > 0) settle(at - began);
        else requestAnimationFrame(look);
      };
      requestAnimationFrame(look);
    });
    window.addEventListener('pointerdown', (event) => (recorder.clickedAt = event.timeStamp), true);
  })();
`;

export async function recordFrames(page: Page, gesture: () => Promise<void>): Promise<FrameTimes> {
  await page.evaluate('frameRecorder.start()');
  await gesture();
  return page.evaluate<FrameTimes>('frameRecorder.stop()');
}

/** Milliseconds from the last press of the mouse until the canvas was complete. */
export function untilComplete(page: Page): Promise<number> {
  return page.evaluate<number>('frameRecorder.untilComplete()');
}
