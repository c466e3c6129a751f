import { type LayoutTask, layered } from './layered';

self.addEventListener('message', ({ data }: MessageEvent<LayoutTask>) => {
  self.postMessage(layered(data));
});
