import Markdown from 'markdown-to-jsx/react';
import { memo } from 'react';

/**
 * Markdown written by people, as elements. No raw HTML: tags stand there as text. Links leave this page without telling it where from,
 * and a picture shows as its words: fetching it would tell another server who looks.
 */
export const MarkdownText = memo(function MarkdownText({ text }: { text: string }) {
  return <Markdown options={options}>{text}</Markdown>;
});

const options = {
  disableParsingRawHTML: true,
  forceBlock: true,
  forceWrapper: true,
  wrapper: 'div',
  overrides: {
    // `nodrag`: on a canvas a link is clicked, not dragged.
    a: { component: 'a', props: { target: '_blank', rel: 'noopener noreferrer', className: 'lnk nodrag' } },
    img: { component: ImageWords },
    ...Object.fromEntries(
      ['h1', 'h2', 'h3', 'h4', 'h5', 'h6'].map((tag) => [tag, { component: 'p', props: { className: 'markdown-title' } }]),
    ),
  },
} as const;

function ImageWords({ alt }: { alt?: string }) {
  return <span>{alt}</span>;
}
